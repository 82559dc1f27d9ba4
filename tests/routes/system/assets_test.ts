import { deepEqual, equal } from "node:assert/strict";
import { assetPath } from "../../../views/assets.ts";
import { languages } from "../../../views/text/languages.ts";
import { test } from "../../support/world.ts";

test("the manifest names the site, and its icons are served", async (world) => {
  const browser = world.browser();

  const page = await (await browser.get("/")).text();
  const path = /<link rel="manifest" href="([^"]+)"/.exec(page)?.[1] ?? "none";
  const answer = await browser.get(path);
  equal(answer.headers.get("content-type"), "application/manifest+json; charset=utf-8");
  const { name, start_url, icons } = await answer.json();
  deepEqual([name, start_url, icons.length], [languages[0].siteName, "/", 1]);
  const icon = /<link rel="icon" href="([^"]+)"/.exec(page)?.[1];
  deepEqual(icons.map(({ src }: { src: string }) => src), [icon]);
  const picture = await browser.get(icon ?? "none");
  equal(picture.headers.get("content-type"), "image/svg+xml; charset=utf-8");
});

test("assets are compressed, pages are not, because their length could reveal a secret", async (world) => {
  const encodingOf = async (path: string) =>
    (await world.browser().get(path, { "accept-encoding": "gzip" })).headers.get(
      "content-encoding",
    );

  for (const name of ["app.css", "new_password.js", "key.svg"] as const) {
    equal(await encodingOf(assetPath(name)), "gzip");
  }
  for (const path of ["/", "/login", "/register"]) equal(await encodingOf(path), null);
});
