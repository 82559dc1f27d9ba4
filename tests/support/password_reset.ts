import { equal } from "node:assert/strict";
import type { Browser } from "./browser.ts";
import { ann } from "./people.ts";
import type { TestWorld } from "./world.ts";

/** A password that nobody has yet. */
export const chosen = "a heron stands in the reeds";

/** A new browser that asked for a link and opened it. */
export async function openLink(world: TestWorld, email = ann.email): Promise<Browser> {
  await world.delivered(); // an older mail must not arrive last
  const browser = world.browser();
  equal((await browser.post("/password-reset", { email })).status, 303);
  await browser.get(await world.linkTo(email));
  return browser;
}

/** Sends the form behind the link. */
export function choose(browser: Browser, password = chosen): Promise<Response> {
  return browser.post("/password-reset/new", { password });
}

/** Where Ann's login in a new browser leads; null when it is refused. */
export async function loginTarget(world: TestWorld, password: string): Promise<string | null> {
  const answer = await world.browser().post("/login", { email: ann.email, password });
  return answer.headers.get("location");
}

/** Changes the record of the only user. */
export async function changeUser(world: TestWorld, fields: object): Promise<void> {
  const [entry] = (await world.dump()).filter(({ key }) => key[0] === "user");
  if (entry) await world.database.set(entry.key, { ...Object(entry.value), ...fields });
}
