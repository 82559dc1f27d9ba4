import { deepEqual, equal, match, ok } from "node:assert/strict";
import { DCLinter } from "dclint";
import { parse } from "yaml";

// The files of .github/deploy/, as far as they can be judged without a container.

const folder = new URL("../../.github/deploy/", import.meta.url);
const pathOf = (file: string) => new URL(file, folder).pathname;
const read = (file: string) => Deno.readTextFile(pathOf(file));

interface Service {
  readonly image: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly environment: Record<string, string>;
}

async function services(): Promise<Record<string, Service>> {
  return parse(await read("compose.yaml"), { merge: true }).services;
}

/** Runs a program that checks a file; skips the test where the program is not installed. */
async function isInstalled(program: string, arg: string): Promise<boolean> {
  try {
    await new Deno.Command(program, { args: [arg], stdout: "null", stderr: "null" }).output();
    return true;
  } catch {
    return false;
  }
}

async function judge(program: string, ...args: string[]): Promise<void> {
  const { code, stdout, stderr } = await new Deno.Command(program, { args }).output();
  const decoder = new TextDecoder();
  equal(code, 0, decoder.decode(stdout) + decoder.decode(stderr));
}

Deno.test("the compose file fits the specification of Compose", () => {
  // About order, quotes and names, and ports that a website has to open.
  const ofTaste = {
    "no-build-and-image": 0,
    "no-unbound-port-interfaces": 0,
    "require-quotes-in-ports": 0,
    "service-image-require-explicit-tag": 0,
    "service-keys-order": 0,
    "services-alphabetical-order": 0,
    "top-level-properties-order": 0,
  } as const;
  const linter = new DCLinter({ rules: ofTaste, quiet: true, debug: false, exclude: [] });
  const problems = linter.lintFiles([pathOf("compose.yaml")], false)
    .flatMap(({ messages }) => messages.map(({ rule, message }) => `${rule}: ${message}`));

  deepEqual(problems, []);
});

Deno.test("the compose file has three instances, which get nothing but their name of their own", async () => {
  const { denokv: _, caddy, ...apps } = await services();

  deepEqual(Object.keys(apps), ["app-1", "app-2", "app-3"]);
  equal(new Set(Object.values(apps).map((it) => JSON.stringify(it))).size, 1);
  // .env is written for a server without containers, and would win over the image.
  const { HOST, PORT, KV_PATH } = apps["app-1"]?.environment ?? {};
  deepEqual({ HOST, PORT, KV_PATH }, {
    HOST: "0.0.0.0",
    PORT: "8000",
    KV_PATH: "http://denokv:4512",
  });
  equal(caddy?.environment.APPS, Object.keys(apps).map((it) => `${it}:8000`).join(" "));
});

Deno.test("an .env made of the example leaves to the unit and the image what they set", async () => {
  const example = await Deno.readTextFile(new URL("../../.env.example", import.meta.url));
  const set = new Set([...example.matchAll(/^([A-Z_0-9]+)=/gm)].map(([, name]) => name));
  const settings = [
    /^Environment=(.+)$/m.exec(await read("latchkey.service"))?.[1],
    /^ENV (.+)$/m.exec(await read("Containerfile"))?.[1],
  ].flatMap((line) => line?.split(" ") ?? []).map((it) => it.split("=")[0] ?? "");

  ok(["HOST", "KV_PATH"].every((name) => settings.includes(name)), settings.join());
  deepEqual(settings.filter((name) => set.has(name)), []);
});

Deno.test("no container may write to its image, gain rights, or run an unnamed version; only Caddy has ports, and only the apps reach the database", async () => {
  for (const [name, service] of Object.entries(await services())) {
    equal(service.read_only, true, name);
    deepEqual(service.cap_drop, ["ALL"], name);
    deepEqual(service.security_opt, ["no-new-privileges:true"], name);
    equal(service.ports !== undefined, name === "caddy", name);
    equal(service.networks?.includes("store"), name !== "caddy", name);
    equal(service.networks?.includes("site"), name !== "denokv", name);
  }
  const images = [...(await read("Containerfile")).matchAll(/^FROM (\S+)/gm)].map(([, it]) => it);
  for (const image of [...images, (await services()).caddy?.image]) {
    match(image ?? "", /^[\w./-]+:[\w-]*\d+\.\d+/, "it names a version");
  }
});

Deno.test("the image runs this version of Deno, as nobody in particular, with the permissions of the start task", async () => {
  const recipe = (await read("Containerfile")).replaceAll("\\\n", "");
  const app = recipe.slice(recipe.indexOf(" AS app"));
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", folder)));
  const namesOf = (command: string) =>
    [...command.matchAll(/--allow-[a-z]+/g)].map(([name]) => name).sort();

  for (const [, version] of recipe.matchAll(/denoland\/deno:(?:distroless-)?(\S+)/g)) {
    ok((await Deno.readTextFile(new URL("../../.ci/run", folder))).includes(`deno@${version}`));
  }
  match(app, /^USER 65532:65532$/m);
  match(app, /^HEALTHCHECK .*\/health\/live/m);
  const [start = ""] = /^CMD .*/m.exec(app) ?? [];
  deepEqual(namesOf(start), namesOf(tasks.start.command));
});

Deno.test("the image has what the app imports, from the same packages, and none of the tests' tools", async () => {
  const folder = await Deno.makeTempDir({ prefix: "latchkey-" });
  const root = new URL("../../", import.meta.url).pathname;
  try {
    for (const file of ["deno.json", "deno.lock", "main.ts"]) {
      await Deno.copyFile(root + file, `${folder}/${file}`);
    }
    for (const part of ["lib", "routes", "views"]) {
      await Deno.symlink(root + part, folder + "/" + part);
    }
    const deno = async (...args: string[]) => {
      const command = new Deno.Command(Deno.execPath(), { args, cwd: folder });
      const { code, stderr } = await command.output();
      equal(code, 0, new TextDecoder().decode(stderr));
    };
    const lockOf = async (path: string) => JSON.parse(await Deno.readTextFile(path)).npm;

    await deno("run", "--no-config", "-A", pathOf("production_imports.ts"));
    await deno("cache", "--frozen=false", "main.ts", "lib/credential/hash_worker.ts");

    const all = await lockOf(`${root}/deno.lock`);
    const left = await lockOf(`${folder}/deno.lock`);
    const names = Object.keys(left);
    deepEqual(left, Object.fromEntries(names.map((name) => [name, all[name]])));
    ok(names.some((name) => name.startsWith("hono@")));
    for (const tool of ["playwright-core", "axe-core", "fast-check", "oidc-provider"]) {
      ok(!names.some((name) => name.startsWith(`${tool}@`)), tool);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

const hasHadolint = await isInstalled("hadolint", "--version");
Deno.test({
  name: `hadolint finds nothing in the Containerfile${
    hasHadolint ? "" : " (skipped: no hadolint)"
  }`,
  ignore: !hasHadolint,
  fn: () => judge("hadolint", pathOf("Containerfile")),
});

Deno.test("instances without containers say in a sentence that denokv is not where DENOKV says", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", pathOf("cluster.ts")],
    env: { DENOKV: "/nowhere/denokv" },
  }).output();

  equal(code, 2);
  match(new TextDecoder().decode(stderr), /^denokv is not here: .* or set DENOKV to its path\n$/);
});

Deno.test("both proxies refuse methods that HTTP does not know, which would each be a metric of its own", async () => {
  const known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
  const [, nginx] = /^ {2}if \(\$request_method !~ \^\((\S+)\)\$\) \{\n {4}return 405;$/m
    .exec(await read("nginx.conf")) ?? [];
  const [, caddy] = /^\t@unknown not method (.+)\n\trespond @unknown 405$/m
    .exec(await read("Caddyfile")) ?? [];

  deepEqual([nginx?.split("|"), caddy?.split(" ")], [known, known]);
});

const hasCaddy = await isInstalled("caddy", "version");
Deno.test({
  name: `Caddy takes the Caddyfile${hasCaddy ? "" : " (skipped: no caddy)"}`,
  ignore: !hasCaddy,
  fn: () => judge("caddy", "validate", "--adapter", "caddyfile", "--config", pathOf("Caddyfile")),
});
