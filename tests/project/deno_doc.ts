/** What `deno doc` tells of an export. */
export interface Documented {
  readonly name: string;
  readonly declarations: readonly {
    readonly jsDoc?: { readonly tags?: readonly { kind: string }[] };
    readonly def?: Definition;
  }[];
}

/** The members of a class or interface, or the type of an alias. */
export interface Definition {
  readonly properties?: readonly { readonly name: string; readonly optional?: boolean }[];
  readonly methods?: readonly Method[];
  readonly tsType?: { readonly value: readonly unknown[] };
}

interface Method {
  readonly name: string;
  readonly functionDef: {
    readonly params: readonly { readonly name?: string; readonly left?: { name: string } }[];
  };
}

/** The exports of a module, named by its path in the repository, with what is written about them. */
export async function documented(entry: string): Promise<Documented[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", entry],
    cwd: new URL("../../", import.meta.url),
  }).output();
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout));
  return Object.values(nodes as Record<string, { symbols: Documented[] }>)
    .flatMap(({ symbols }) => symbols);
}
