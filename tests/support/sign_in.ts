import { equal, ok } from "node:assert/strict";
import type { Config } from "../../lib/config.ts";
import type { ProviderConfig } from "../../lib/oidc/provider_config.ts";
import type { Browser } from "./browser.ts";
import { HostileProvider } from "./hostile_provider.ts";
import { TestWorld, withMail } from "./world.ts";

type Claims = Record<string, unknown>;

/** Where the provider is entered in the settings under this name. */
export const startPath = "/login/with/hostile";
export const confirmPath = `${startPath}/confirm`;

interface SignInWorldOptions {
  /** Whether the provider is entered a second time, as `other`. */
  readonly twice?: true;
  readonly config?: Partial<Config>;
  readonly provider?: Partial<ProviderConfig>;
}

/** A test of a site where people log in with their account at a provider, which is real. */
export function signInTest(
  name: string,
  run: (world: TestWorld, provider: HostileProvider) => Promise<void>,
  { config = {}, provider: settings = {}, twice }: SignInWorldOptions = {},
): void {
  Deno.test(name, async () => {
    await using provider = await HostileProvider.start();
    const entered = { ...provider.config, ...settings };
    await using world = await TestWorld.create({
      fetch: globalThis.fetch,
      config: { providers: [entered, ...twice ? [{ ...entered, name: "other" }] : []], ...config },
    });
    await run(world, provider);
  });
}

/** The same, on a site that sends mails. */
export function signInTestWithMail(
  name: string,
  run: (world: TestWorld, provider: HostileProvider) => Promise<void>,
  { config, ...options }: SignInWorldOptions = {},
): void {
  signInTest(name, run, { config: { ...withMail, ...config }, ...options });
}

/** Leaves for the provider, and gives what it is asked. */
export async function leave(
  browser: Browser,
  fields: Record<string, string> = {},
  path = startPath,
): Promise<URLSearchParams> {
  const answer = await browser.post(path, fields);
  equal(answer.status, 303, await answer.text());
  return new URL(answer.headers.get("location") ?? "").searchParams;
}

/** Comes back from the provider as the person of these claims. */
export async function comeBack(
  world: TestWorld,
  provider: HostileProvider,
  browser: Browser,
  asked: URLSearchParams,
  claims: Claims = {},
): Promise<Response> {
  provider.now = world.now;
  provider.idToken = await provider.sign(
    provider.idClaims({ nonce: asked.get("nonce"), ...claims }),
  );
  const answer = new URLSearchParams({ code: "a-code", state: asked.get("state") ?? "" });
  const callback = new URL(asked.get("redirect_uri") ?? "");
  return await browser.get(`${callback.pathname}?${answer}`, { "sec-fetch-site": "cross-site" });
}

/** Signs in at the provider; somebody it does not know is asked what is to happen. */
export async function signIn(
  world: TestWorld,
  provider: HostileProvider,
  browser: Browser,
  claims: Claims = {},
  fields: Record<string, string> = {},
): Promise<Response> {
  return await comeBack(world, provider, browser, await leave(browser, fields), claims);
}

/** Makes an account for the person of these claims, whose address the provider verified. */
export async function signUp(
  world: TestWorld,
  provider: HostileProvider,
  claims: Claims = {},
): Promise<Browser> {
  const browser = world.browser();
  const asked = await signIn(world, provider, browser, claims);
  equal(asked.headers.get("location"), confirmPath);
  const made = await browser.post(confirmPath, { action: "create", name: "Ann" });
  equal(made.status, 303, await made.text());
  ok(await isLoggedIn(browser));
  return browser;
}

export async function isLoggedIn(browser: Browser): Promise<boolean> {
  return (await browser.get("/profile")).status === 200;
}
