const root = new URL("../../", import.meta.url);

interface Output {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

/** Runs a task of deno.json on a database in a folder. */
export async function runTask(
  task: string,
  folder: string,
  args: readonly string[],
  kvPath = `${folder}/latchkey.db`,
  environment: Record<string, string> = {},
): Promise<Output> {
  const flags = await flagsOf(task, folder);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...flags, ...args],
    cwd: root,
    env: { KV_PATH: kvPath, DENO_KV_ACCESS_TOKEN: "access-token", NO_COLOR: "1", ...environment },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), errors: text(stderr) };
}

/** The flags of a task of deno.json, so that the tests run with the permissions that people get. */
export async function flagsOf(task: string, folder: string): Promise<string[]> {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  return (tasks[task].command as string).split(" ").slice(1)
    .filter((word) => word !== "$WATCH")
    .map((word) => /^--allow-(read|write)=/.test(word) ? `${word},${folder}` : word);
}

/** A folder for the files of a task. */
export class TaskFiles implements AsyncDisposable {
  readonly folder: string;
  readonly path: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.path = `${folder}/latchkey.db`;
  }

  static async create(): Promise<TaskFiles> {
    return new TaskFiles(await Deno.makeTempDir({ prefix: "latchkey-" }));
  }

  run(task: string, ...args: string[]): Promise<Output> {
    return runTask(task, this.folder, args);
  }

  runOn(kvPath: string, task: string, ...args: string[]): Promise<Output> {
    return runTask(task, this.folder, args, kvPath);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}
