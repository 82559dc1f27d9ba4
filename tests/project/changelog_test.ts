import { deepEqual, equal, ok } from "node:assert/strict";
import login from "../../lib/login/deno.json" with { type: "json" };
import { readGoldenFiles } from "../support/golden.ts";

const page = await Deno.readTextFile(new URL("../../.github/CHANGELOG.md", import.meta.url));

interface Release {
  readonly version: string;
  readonly date: string | null;
  readonly sections: readonly string[];
}

const releases: Release[] = page.split(/^## /m).slice(1).map((text) => {
  const [, version = "", date = null] = /^\[(.+?)\](?: - (\S+))?\n/.exec(text) ?? [];
  const sections = Array.from(text.matchAll(/^### (.+)$/gm), ([, name = ""]) => name);
  return { version, date, sections };
});
const released = releases.filter(({ version }) => version !== "Unreleased");

/** So that versions sort as texts. */
const sortable = (version: string) =>
  version.split(".").map((part) => part.padStart(6, "0")).join(".");

Deno.test("the changelog lists what is unreleased, then each version once with its date, newest first", () => {
  equal(releases[0]?.version, "Unreleased");
  const versions = released.map(({ version }) => version);
  for (const version of versions) ok(/^\d+\.\d+\.\d+$/.test(version), version);
  for (const { date } of released) ok(/^\d{4}-\d\d-\d\d$/.test(date ?? ""), String(date));
  deepEqual(versions, [...new Set(versions)].sort((a, b) => sortable(a) < sortable(b) ? 1 : -1));
});

Deno.test("the changelog has the version of the package as its newest, with upgrade notes", () => {
  equal(released[0]?.version, login.version);
  for (const { version, sections } of released) ok(sections.includes("Upgrade notes"), version);
});

Deno.test("the changelog uses the sections of Keep a Changelog", () => {
  const known = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "Upgrade notes"];
  for (const { version, sections } of releases) {
    deepEqual(sections.filter((name) => !known.includes(name)), [], version);
  }
});

Deno.test("each golden file has a version that the changelog lists, or that comes after it", async () => {
  const newest = sortable(login.version);
  for (const name of (await readGoldenFiles()).keys()) {
    const [version = ""] = name.split("-");
    const isListed = released.some((release) => release.version === version);
    ok(isListed || sortable(version) > newest, name);
  }
});
