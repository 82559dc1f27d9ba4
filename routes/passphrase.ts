import { Hono } from "hono";
import { newPassphrase } from "../lib/credential/passphrase.ts";

/** For the script beside a new password: a suggestion that was never given to anybody else. */
export function passphraseRoutes() {
  const routes = new Hono();

  routes.post("/passphrase", async (c) => {
    c.header("Cache-Control", "no-store");
    return c.json({ passphrase: await newPassphrase() });
  });

  return routes;
}
