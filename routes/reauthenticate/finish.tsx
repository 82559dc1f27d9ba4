import { type Context, Hono } from "hono";
import type { HeldRequest } from "../../lib/credential/held_request.ts";
import { linkedLabel } from "../../lib/oidc/linked_provider.ts";
import { FinishPage } from "../../views/reauthenticate/finish.tsx";
import type { HeldRoute } from "../../views/text/en.ts";
import { refuse } from "../middleware/errors.tsx";
import { form, text } from "../middleware/form.ts";
import { finishPage } from "../middleware/held_request.ts";
import type { Services } from "../services.ts";

type Used = Pick<
  Services,
  "login" | "guards" | "heldRequests" | "passkeys" | "identities" | "config"
>;

/**
 * Finishes what a user began with a login that was not fresh.
 *
 * @param app Has the routes of the held requests.
 */
export function finishRoutes(
  app: Hono,
  { login, guards, heldRequests, passkeys, identities, config }: Used,
) {
  const routes = new Hono();

  routes.get(finishPage, guards.enrolling.fresh, async (c) => {
    const found = await heldRequests.find(c.var.session.id);
    if (!found) {
      await login.flash(c, "nothing_held");
      return c.redirect("/account", 303);
    }
    const { text } = c.var;
    const { request } = found;
    const fields = Object.fromEntries(new URLSearchParams(request.body));
    const subject = await passkeyNameOf(c.var.user.id, request) ??
      await providerLabelOf(c.var.user.id, fields);
    const props = { id: found.id, route: request.route as HeldRoute, fields, subject };
    return c.render(<FinishPage text={text} {...props} />, { title: text.finish.title });
  });

  routes.post(
    finishPage,
    guards.enrolling.fresh,
    form({ id: text }, (c) => refuse(c, "incomplete")),
    async (c) => {
      const request = await heldRequests.take(c.var.session.id, c.req.valid("form").id);
      return request ? await send(c, request) : c.redirect(finishPage, 303);
    },
  );

  routes.post(`${finishPage}/decline`, guards.enrolling.required, async (c) => {
    if (c.var.session) await heldRequests.drop([c.var.session.id]);
    await login.flash(c, "declined");
    return c.redirect("/account", 303);
  });

  /** The name of the passkey that a request is about; null when it is about none, or it is gone. */
  async function passkeyNameOf(userId: string, { path }: HeldRequest): Promise<string | null> {
    const [, id] = /^\/account\/passkeys\/([^/]+)\//.exec(path) ?? [];
    if (id === undefined) return null;
    return (await passkeys.list(userId)).find((it) => it.id === id)?.name ?? null;
  }

  /** What people call the provider of the identity that a request is about; null without one. */
  async function providerLabelOf(
    userId: string,
    { issuer }: Readonly<Record<string, string>>,
  ): Promise<string | null> {
    if (issuer === undefined) return null;
    const identity = (await identities.list(userId)).find((it) => it.issuer === issuer);
    return identity ? linkedLabel(identity, config.providers) : null;
  }

  /** Sends it to its own route, as this browser: the route judges it as if it came just now. */
  function send(c: Context, { method, path, body, page }: HeldRequest) {
    const headers = new Headers(c.req.raw.headers);
    headers.delete("content-length");
    headers.set("content-type", "application/x-www-form-urlencoded");
    headers.set("referer", login.origin + page);
    return app.fetch(new Request(login.origin + path, { method, headers, body }), c.env);
  }

  return routes;
}
