/**
 * `deno task sbom`: prints what Latchkey is made of, as CycloneDX, from `deno.lock`. What only the
 * tests use has the scope `excluded`. The same lock file gives the same bytes: there is no date.
 */
import { Buffer } from "node:buffer";

const root = new URL("../../", import.meta.url);

interface LockFile {
  readonly specifiers: Readonly<Record<string, string>>;
  readonly npm: Readonly<Record<string, LockedPackage>>;
  readonly workspace: {
    readonly dependencies: readonly string[];
    readonly members: Readonly<Record<string, { readonly dependencies: readonly string[] }>>;
  };
}

interface LockedPackage {
  /** `sha512-` and base64. */
  readonly integrity: string;
  /** Names, with a version where the lock file has several. */
  readonly dependencies?: readonly string[];
  readonly optionalDependencies?: readonly string[];
}

/** The packages of a lock file, each by its id there: `zod@4.6.7`, `b@1.0.0_peer@2.0.0`. */
class LockedPackages {
  readonly #lock: LockFile;
  readonly #byName: Map<string, string[]>;

  constructor(lock: LockFile) {
    this.#lock = lock;
    this.#byName = Map.groupBy(Object.keys(lock.npm), (id) => nameAndVersion(id).name);
  }

  get ids(): string[] {
    return Object.keys(this.#lock.npm);
  }

  /** The one that a `npm:` specifier of the workspace stands for. */
  specified(specifier: string): string {
    const { name } = nameAndVersion(specifier.slice("npm:".length));
    return this.#known(`${name}@${this.#lock.specifiers[specifier]}`);
  }

  dependenciesOf(id: string): string[] {
    const { dependencies = [], optionalDependencies = [] } = this.#lock.npm[id] ?? {};
    return [...dependencies, ...optionalDependencies].map((name) => this.#named(name)).sort();
  }

  /** These packages with all that they need. */
  closure(ids: Iterable<string>, found = new Set<string>()): Set<string> {
    for (const id of ids) {
      if (found.has(id)) continue;
      found.add(id);
      this.closure(this.dependenciesOf(id), found);
    }
    return found;
  }

  sha512(id: string): string {
    const [algorithm, digest = ""] = this.#lock.npm[id]?.integrity.split("-") ?? [];
    if (algorithm !== "sha512") throw new Error(`Cannot read the digest of ${id}: ${algorithm}`);
    return Buffer.from(digest, "base64").toString("hex");
  }

  #named(text: string): string {
    const { name, version } = nameAndVersion(text);
    const candidates = this.#byName.get(name) ?? [];
    const fits = (id: string) => id === text || id.startsWith(`${text}_`);
    return this.#known(version ? candidates.find(fits) : candidates[0]);
  }

  #known(id: string | undefined): string {
    if (id && id in this.#lock.npm) return id;
    throw new Error(`Cannot read deno.lock: it has no package ${id}`);
  }
}

function nameAndVersion(id: string): { name: string; version: string } {
  const [, name = "", version = ""] = /^(@?[^@]+)(?:@([^_]+))?/.exec(id) ?? [];
  return { name, version };
}

function component(id: string, packages: LockedPackages, scope: "required" | "excluded") {
  const { name, version } = nameAndVersion(id);
  const [group, nameInGroup = ""] = name.startsWith("@") ? name.split("/") : ["", name];
  return {
    type: "library",
    "bom-ref": id,
    ...group ? { group } : {},
    name: nameInGroup,
    version,
    scope,
    hashes: [{ alg: "SHA-512", content: packages.sha512(id) }],
    purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
  };
}

/** What the app imports when it runs: by the names of `deno.json`. */
async function importedNames(folder: URL): Promise<Set<string>> {
  const names = new Set<string>();
  for await (const entry of Deno.readDir(folder)) {
    const isOurs = !/^(\.|tests$|examples$|node_modules$)/.test(entry.name);
    const url = new URL(entry.name + (entry.isDirectory ? "/" : ""), folder);
    if (entry.isDirectory && isOurs) (await importedNames(url)).forEach((name) => names.add(name));
    if (!/\.tsx?$/.test(entry.name)) continue;
    const text = await Deno.readTextFile(url);
    for (const [, name = ""] of text.matchAll(/(?:from|import|import\() ?"([^".][^"]*)"/g)) {
      names.add(name);
    }
  }
  return names;
}

async function readJson(path: string) {
  return JSON.parse(await Deno.readTextFile(new URL(path, root)));
}

/** The bill of materials of the app and of its package, as CycloneDX 1.6. */
export async function billOfMaterials() {
  const lock: LockFile = await readJson("deno.lock");
  const { version, imports } = await readJson("deno.json");
  const login = await readJson("lib/login/deno.json");
  const packages = new LockedPackages(lock);
  const direct = lock.workspace.dependencies.map((it) => packages.specified(it));
  const ofLogin = (lock.workspace.members["lib/login"]?.dependencies ?? [])
    .map((it) => packages.specified(it));

  const names = await importedNames(root);
  const used = Object.entries<string>(imports)
    .filter(([name]) => [...names].some((it) => it === name || it.startsWith(`${name}/`)))
    .map(([, specifier]) => nameAndVersion(specifier.slice("npm:".length)).name);
  const atRunTime = packages.closure(direct.filter((id) => used.includes(nameAndVersion(id).name)));

  const app = `latchkey@${version}`;
  const loginId = `${login.name}@${login.version}`;
  const licenses = [{ license: { id: login.license } }];
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: { type: "application", "bom-ref": app, name: "latchkey", version, licenses },
    },
    components: [
      {
        type: "library",
        "bom-ref": loginId,
        group: login.name.split("/")[0],
        name: login.name.split("/")[1],
        version: login.version,
        scope: "required",
        licenses,
        purl: `pkg:npm/${login.name.replace("@", "%40")}@${login.version}`,
      },
      ...packages.ids.map((id) =>
        component(id, packages, atRunTime.has(id) ? "required" : "excluded")
      ),
    ],
    dependencies: [
      { ref: app, dependsOn: [...new Set([loginId, ...direct])] },
      { ref: loginId, dependsOn: [...new Set(ofLogin)] },
      ...packages.ids.map((ref) => ({ ref, dependsOn: packages.dependenciesOf(ref) })),
    ],
  };
}

if (import.meta.main) {
  // deno-lint-ignore no-console
  console.log(JSON.stringify(await billOfMaterials(), null, 2));
}
