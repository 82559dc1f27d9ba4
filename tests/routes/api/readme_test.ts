import { equal, ok } from "node:assert/strict";
import { createToken } from "../../support/api_tokens.ts";
import { test } from "../../support/world.ts";

/** The commands of the README that ask the API. */
async function commands(): Promise<string[]> {
  const readme = await Deno.readTextFile(new URL("../../../README.md", import.meta.url));
  return readme.split("\n").filter((line) => line.startsWith("curl ") && line.includes("/api/"));
}

test("the commands of the README work with a token from the page", async (world) => {
  const browser = await world.ann();
  const token = await createToken(browser, {
    scopes: ["profile:read", "sessions:read", "events:read"],
  });
  const lines = await commands();

  ok(lines.length >= 3);
  for (const line of lines) {
    const [, header = "", path = ""] =
      /^curl -H "([^"]+)" "?http:\/\/localhost:8000(\/[^\s"]+)"?$/.exec(line) ?? [];
    const [name = "", value = ""] = header.replace("$TOKEN", token).split(": ");
    const headers = { [name]: value };
    const answer = await world.browser().request(path, { headers });
    equal(answer.status, 200, line);
    ok(Object.keys(await answer.json()).length > 0, line);
  }
});
