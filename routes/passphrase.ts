import { Hono } from "hono";
import { newPassphrase } from "../lib/credential/passphrase.ts";

/** Suggests a new password to the script beside the field. */
export function passphraseRoutes() {
  const routes = new Hono();

  routes.post("/passphrase", async (c) => {
    c.header("Cache-Control", "no-store");
    return c.json({ passphrase: await newPassphrase(c.var.text.lang) });
  });

  return routes;
}
