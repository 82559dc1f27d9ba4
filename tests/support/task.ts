const root = new URL("../../", import.meta.url);

interface Output {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

/** Runs a task of deno.json on a database in a folder, with the permissions that people get. */
export async function runTask(
  task: string,
  folder: string,
  args: readonly string[],
  kvPath = `${folder}/latchkey.db`,
): Promise<Output> {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const flags = (tasks[task].command as string).split(" ").slice(1)
    .map((word) => /^--allow-(read|write)=/.test(word) ? `${word},${folder}` : word);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...flags, ...args],
    cwd: root,
    env: { KV_PATH: kvPath, NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), errors: text(stderr) };
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
