import type { HostileProvider } from "./hostile_provider.ts";
import type { TestWorld } from "./world.ts";

export const logoutPath = "/login/with/hostile/backchannel-logout";

type Claims = Record<string, unknown>;

/** Sends a logout token, as a provider's server does: without the headers of a browser. */
export function sendLogout(
  world: TestWorld,
  token: string,
  { path = logoutPath, address = "198.51.100.7" } = {},
): Promise<Response> {
  const body = new URLSearchParams({ logout_token: token });
  return world.browser(address).request(path, { method: "POST", body });
}

/** The provider says that the person of these claims logged out there. */
export async function logOutAtProvider(
  world: TestWorld,
  provider: HostileProvider,
  claims: Claims = {},
): Promise<Response> {
  provider.now = world.now;
  const signed = await provider.signLogout({ jti: crypto.randomUUID(), ...claims });
  return await sendLogout(world, signed);
}
