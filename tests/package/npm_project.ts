import { npx } from "../support/npx.ts";
import { TIMEOUT } from "../support/timeouts.ts";

/** The oldest that the example for Workers takes. */
export const wranglerVersion = "4.164.0";

/** Where npm is missing, or its packages out of reach, these tests are skipped; in CI they fail. */
export const hasNpm = await findNpm();

export const npmTest = hasNpm ? Deno.test : Deno.test.ignore;

async function findNpm(): Promise<boolean> {
  try {
    await run("npm", ["view", "hono@4.6.0", "version", "--fetch-retries=0"]);
    return true;
  } catch (error) {
    if (Deno.env.get("CI")) throw error;
    // deno-lint-ignore no-console
    console.warn("Tests of the package skipped: npm is not here, or its packages are out of reach");
    return false;
  }
}

const root = new URL("../../", import.meta.url).pathname;

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Runs a command to its end, which has to be a good one. */
export async function run(command: string, args: string[], options: Deno.CommandOptions = {}) {
  const { success, stdout, stderr } = await new Deno.Command(command, { args, ...options })
    .output();
  if (!success) {
    throw new Error(`${command} ${args.join(" ")}\n${text(stdout)}${text(stderr)}`);
  }
  return text(stdout);
}

let built: Promise<string> | undefined;

/** The path of the tarball that goes to npm. */
export function tarball(): Promise<string> {
  return built ??= build();
}

async function build(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "latchkey-package-" });
  return (await run(Deno.execPath(), ["task", "--quiet", "package", folder], { cwd: root })).trim();
}

/** A folder of somebody who installs the package: nothing of this repository is near it. */
export class NpmProject {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async with(...packages: string[]): Promise<NpmProject> {
    const project = new NpmProject(await Deno.makeTempDir({ prefix: "latchkey-" }));
    await project.write("package.json", '{ "private": true, "type": "module" }');
    await project.#install(packages);
    return project;
  }

  /** A copy of a folder, with what its package.json names and the package as built here. */
  static async copyOf(path: string): Promise<NpmProject> {
    const project = new NpmProject(await Deno.makeTempDir({ prefix: "latchkey-" }));
    await run("cp", ["-R", `${root}${path}/.`, project.folder]);
    await project.run("npm", ["pkg", "delete", "devDependencies.wrangler"]); // see `wrangler`
    await project.#install([]);
    return project;
  }

  async #install(packages: string[]): Promise<void> {
    const flags = ["install", "--no-audit", "--no-fund", "--silent", "--prefer-offline"];
    await run("npm", [...flags, await tarball(), ...packages], { cwd: this.folder });
  }

  write(name: string, content: string): Promise<void> {
    return Deno.writeTextFile(`${this.folder}/${name}`, content);
  }

  run(command: string, args: string[]): Promise<string> {
    return run(command, args, { cwd: this.folder });
  }

  /** Starts a server and gives its process, once it answers at its port. */
  async serve(command: string, args: string[], port: number, env: Record<string, string> = {}) {
    const process = new Deno.Command(command, {
      args,
      cwd: this.folder,
      env: { NO_COLOR: "1", ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const said = Promise.all([process.stdout, process.stderr].map((it) => new Response(it).text()));
    let ended = false;
    const status = process.status.then(() => ended = true);
    const stop = async () => {
      if (!ended) process.kill("SIGINT");
      await status;
      return (await said).join("");
    };
    const late = Date.now() + TIMEOUT;
    while (!await answers(port)) {
      if (ended || Date.now() > late) throw new Error(`It does not serve: ${await stop()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return { [Symbol.asyncDispose]: async () => void await stop() };
  }

  remove(): Promise<void> {
    return Deno.remove(this.folder, { recursive: true });
  }
}

async function answers(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://localhost:${port}/login`);
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

export function freePort(): number {
  using listener = Deno.listen({ port: 0, hostname: "localhost" });
  return listener.addr.port;
}

/** How wrangler starts. It has 230 MB, so it is installed once on a machine, and not in a project. */
export async function wrangler(): Promise<[node: string, script: string]> {
  const script = await npx(`--package=wrangler@${wranglerVersion}`, "-c", "command -v wrangler");
  return [await newerNode(), script];
}

/** A Node that has `node:sqlite` and that wrangler takes: the machine's own, or one from npm. */
export async function newerNode(): Promise<string> {
  const version = await run("node", ["-p", "process.versions.node"]);
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 12)) return "node";
  return await npx("--package=node@24", "node", "-p", "process.execPath");
}
