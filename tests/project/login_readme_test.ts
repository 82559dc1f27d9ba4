import {
  DAY,
  HOUR,
  MINUTE,
  recommendedLifetimes,
  SECOND,
  type SessionProtection,
} from "@latchkey/login";
import { testLogin } from "@latchkey/login/testing";
import { deepEqual, equal, ok } from "node:assert/strict";
import { type Definition, documented } from "./deno_doc.ts";
import { Markdown } from "./markdown.ts";

const pages = ["lib/login/README.md", "lib/login/COMING_FROM_FLASK_LOGIN.md"];
const readme = await Markdown.read("lib/login/README.md");
const exports = await documented("lib/login/mod.ts");

function definition(name: string): Definition {
  const def = exports.find((it) => it.name === name)?.declarations[0]?.def;
  if (!def) throw new Error(`Cannot compare ${name}: the package has no such export`);
  return def;
}

/** The fields of interfaces, each with whether it may be left out. */
function fieldsOf(...names: string[]): Map<string, boolean> {
  const properties = names.flatMap((name) => definition(name).properties ?? []);
  return new Map(properties.map(({ name, optional = false }) => [name, optional]));
}

function membersOf(name: string): string[] {
  const { methods = [], properties = [] } = definition(name);
  return [...methods, ...properties].map((member) => member.name);
}

function eventTypes(): string[] {
  const union = JSON.stringify(definition("LoginEvent").tsType);
  return [...union.matchAll(/"name":"type".*?"string":"(\w+)"/g)].map(([, type = ""]) => type);
}

/** The first column of a section's tables, without the quotes for code. */
function names(section: string): string[] {
  return readme.section(section).rows().flatMap(([first = ""]) => codeSpans(first));
}

function codeSpans(text: string): string[] {
  return [...text.matchAll(/`([^`]*)`/g)].map(([, code = ""]) => code);
}

function sorted(list: Iterable<string>): string[] {
  return [...list].sort();
}

/** The rows of a table whose second column says "needed" of what has no default. */
function neededIn(section: string): Map<string, boolean> {
  const rows = readme.section(section).rows();
  return new Map(rows.map(([name = "", initial]) => [
    codeSpans(name)[0] ?? "",
    initial !== "needed",
  ]));
}

function sameFields(actual: Map<string, boolean>, expected: Map<string, boolean>): void {
  deepEqual(sorted(actual.keys()), sorted(expected.keys()));
  for (const [name, isOptional] of expected) equal(actual.get(name), isOptional, name);
}

Deno.test("the package's README has every option, and says which are needed", () => {
  sameFields(neededIn("Options"), fieldsOf("AreaOptions", "Options"));
});

Deno.test("the package's README has every option of start, and says which are needed", () => {
  const table = neededIn("Methods");
  for (const name of table.keys()) if (name.startsWith("login.")) table.delete(name);
  sameFields(table, fieldsOf("StartOptions"));
});

Deno.test("the package's README has every lifetime, with the one that is recommended", () => {
  const units: Record<string, number> = { second: SECOND, minute: MINUTE, hour: HOUR, day: DAY };
  const table = readme.section("Lifetimes").rows().map(([name = "", recommended = ""]) => {
    const [count, unit = ""] = recommended.split(" ");
    return [codeSpans(name)[0], Number(count) * (units[unit.replace(/s$/, "")] ?? NaN)];
  });

  deepEqual(Object.fromEntries(table), recommendedLifetimes);
});

Deno.test("the package's README has every field of a user that has a meaning", () => {
  deepEqual(sorted(names("Users")), sorted(fieldsOf("LoginUser").keys()));
});

Deno.test("the package's README has every word for session protection", () => {
  const words: string[] = names("Session protection").map((word) => JSON.parse(word));

  deepEqual(words, ["off", "basic", "strong"]);
  for (const word of words) testLogin([], { protection: word as SessionProtection });
});

Deno.test("the package's README has every method and guard, with the parameters it really has", () => {
  const { methods = [] } = definition("Login");
  const documentedNames = new Map(
    [...names("Guards"), ...names("Methods")]
      .map((code) => /^login\.(\w+)(?:\((.*)\))?$/.exec(code))
      .flatMap((found) => found ? [[found[1] ?? "", found[2]] as const] : []),
  );

  deepEqual(sorted(documentedNames.keys()), sorted(membersOf("Login")));
  const guards = ["methods", "allowed", "area"]; // their arguments are examples
  for (const { name, functionDef } of methods.filter((it) => !guards.includes(it.name))) {
    const parameters = functionDef.params.map((it) => it.name ?? it.left?.name);
    const said = (documentedNames.get(name) ?? "").split(", ");
    deepEqual(said, parameters.slice(0, said.length), name);
  }
});

Deno.test("the package's README has every event", () => {
  deepEqual(sorted(names("Events")), sorted(eventTypes()));
});

Deno.test("what the package's READMEs call of a login is there", async () => {
  const members = new Set(membersOf("Login"));
  for (const path of pages) {
    const { text } = await Markdown.read(path);
    for (const [, name = ""] of text.matchAll(/\blogin\.(\w+)/g)) {
      ok(members.has(name) || name === "db", `${path}: login.${name}`); // "login.db" is a file
    }
  }
});

Deno.test("what stands beside the names of Flask-Login is there", async () => {
  const known = new Set([
    ...exports.map(({ name }) => name),
    ...fieldsOf("AreaOptions", "Options", "StartOptions", "LoginUser", "Flash").keys(),
    ...[...fieldsOf("Lifetimes").keys()].map((name) => `lifetimes.${name}`),
    ...eventTypes(),
    ...["user", "start", "OPTIONS", "Host", "Lax", "message", "loggedInClient", "ok"], // not of its own
  ]);
  const right = (await Markdown.read("lib/login/COMING_FROM_FLASK_LOGIN.md")).rows()
    .flatMap(([, cell = ""]) => codeSpans(cell));
  const names = right.map((code) => /^\W*([a-z][\w.]*)/i.exec(code)?.[1] ?? "")
    .filter((name) => name && !/^(await|login|app|http|c|User|null)\b/.test(name));

  deepEqual(names.filter((name) => !known.has(name)), []);
});

Deno.test("links in the package's READMEs lead somewhere", async () => {
  for (const path of pages) {
    const page = await Markdown.read(path);
    for (const link of page.links()) {
      const [file = "", anchor] = link.split("#");
      const target = file ? `lib/login/${file}` : path;
      const { isFile } = await Deno.stat(new URL(`../../${target}`, import.meta.url));
      ok(isFile, link);
      if (anchor) ok((await Markdown.read(target)).anchors().includes(anchor), link);
    }
  }
});
