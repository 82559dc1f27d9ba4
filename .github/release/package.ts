/**
 * `deno task package [FOLDER]`: builds `@latchkey/login` for npm into FOLDER, and checks that JSR
 * would take it. Deno compiles; what npm needs besides is written into the package.json.
 */
import login from "../../lib/login/deno.json" with { type: "json" };

const source = new URL("../../lib/login/", import.meta.url).pathname;
const folder = await Deno.realPath(await made(Deno.args[0] ?? ".package"));

await run(Deno.execPath(), ["publish", "--dry-run", "--allow-dirty", "--quiet"], source);

const work = await Deno.makeTempDir();
const compiled = `${work}/compiled.tgz`;
const pack = ["pack", "--no-source-maps", "--allow-dirty", "--quiet", "--output", compiled];
await run(Deno.execPath(), pack, source);
await run("tar", ["-xzf", compiled, "-C", work], work);
await completePackageJson(`${work}/package/package.json`);
await breakLines(`${work}/package`);
await run("npm", ["pack", "--silent", "--pack-destination", folder], `${work}/package`);
await Deno.remove(work, { recursive: true });

// deno-lint-ignore no-console
console.log(`${folder}/${login.name.slice(1).replace("/", "-")}-${login.version}.tgz`);

/** Deno makes Hono a dependency. It has to be the site's own: two Honos do not fit each other. */
async function completePackageJson(path: string): Promise<void> {
  const { dependencies, ...rest } = JSON.parse(await Deno.readTextFile(path));
  const repository = Deno.env.get("GITHUB_REPOSITORY"); // npm compares it with the provenance
  const complete = {
    ...rest,
    description: "Flask-Login for Hono: sessions, remember me, fresh logins, on every runtime",
    keywords: ["hono", "login", "session", "auth", "remember-me", "flask-login"],
    repository: repository && {
      type: "git",
      url: `git+https://github.com/${repository}.git`,
      directory: "lib/login",
    },
    engines: { node: ">=20" },
    sideEffects: false,
    peerDependencies: dependencies,
    publishConfig: { access: "public" },
  };
  await Deno.writeTextFile(path, JSON.stringify(complete, null, 2));
}

/** Deno writes a declaration behind its comment, on one line; people read these files. */
async function breakLines(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".d.ts")) continue;
    const text = await Deno.readTextFile(`${folder}/${name}`);
    const lines = text.replaceAll(/^( *)(\/\*\*.*?\*\/|\*\/) (?=\S)/gm, lineBreak);
    await Deno.writeTextFile(`${folder}/${name}`, lines);
  }
}

/** The end of a comment of many lines stands one column further in than its declaration. */
function lineBreak(_: string, indent: string, comment: string): string {
  const ofDeclaration = comment === "*/" ? indent.slice(1) : indent;
  return `${indent}${comment}\n${ofDeclaration}`;
}

async function made(path: string): Promise<string> {
  await Deno.mkdir(path, { recursive: true });
  return path;
}

async function run(command: string, args: string[], cwd: string): Promise<void> {
  const { success } = await new Deno.Command(command, { args, cwd, stdout: "null" }).spawn().status;
  if (!success) throw new Error(`Cannot build the package: ${command} ${args[0]} failed`);
}
