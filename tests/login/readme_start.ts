import { TestClient } from "@latchkey/login/testing";
import { equal, match } from "node:assert/strict";
import { Markdown } from "../project/markdown.ts";

/** The site of the package's README, as a stranger saves it: `app.mjs`. */
export async function readmeStart(): Promise<string> {
  const readme = await Markdown.read("lib/login/README.md");
  const [start] = readme.section("Start").codeBlocks().filter(({ info }) => info === "js ignore");
  if (!start) throw new Error("Cannot read the start: the README has no such code block");
  return start.code;
}

/** Logs in and out of that site, wherever it is served. */
export async function walkStart(address: string): Promise<void> {
  const served = {
    request: (url: string, init: RequestInit = {}) => fetch(url, { ...init, redirect: "manual" }),
  };
  const client = new TestClient(served, address);
  const get = async (path: string, of = client) => {
    const answer = await of.request(path);
    const text = await answer.text();
    return answer.headers.get("location") ?? text;
  };
  const send = async (path: string, password = "", origin = "http://localhost:8000") => {
    const body = new URLSearchParams({ password });
    const answer = await client.request(path, { method: "POST", body, headers: { origin } });
    await answer.body?.cancel();
    return answer.headers.get("location") ?? answer.status;
  };

  equal(await get("/"), "/login?next=%2F");
  match(await get("/login?next=%2F"), /Please log in to access this page\.[\s\S]*<form/);
  equal(await send("/login?next=%2F", "wrong"), "/login?next=%2F");
  match(await get("/login?next=%2F"), /Wrong password\./);
  equal(await send("/login", "seven quiet otters row", "https://evil.example"), 403);
  equal(await send("/login?next=%2F", "seven quiet otters row"), "/");
  match(await get("/"), /Hi Ann!/);
  equal(await get("/login"), "/");
  const copy = client.copy();
  equal(await send("/logout"), "/login");
  equal(await get("/", copy), "/login?next=%2F");
}
