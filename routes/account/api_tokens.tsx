import { type Context, Hono } from "hono";
import { z } from "zod";
import type { User } from "../../lib/account/user.ts";
import type { JoinToken } from "../../lib/credential/api_token.ts";
import {
  DEFAULT_TOKEN_DAYS,
  MAX_TOKEN_DAYS,
  type Scope,
  scopes,
} from "../../lib/credential/api_token_record.ts";
import { addWrites } from "../../lib/kv/write.ts";
import {
  ApiTokensPage,
  type ApiTokensPageProps,
  NewApiTokenPage,
  type TokenForm,
} from "../../views/account/api_tokens.tsx";
import { form, nameField, text } from "../middleware/form.ts";
import { isShown } from "../middleware/page.tsx";
import type { Services } from "../services.ts";

const path = "/account/api-tokens";

const daysField = text.trim().regex(/^[1-9]\d{0,2}$/, "days_invalid").transform(Number)
  .refine((days) => days <= MAX_TOKEN_DAYS, "days_invalid");

/** One word for each checkbox that is set. */
const scopeField = z.preprocess(
  (value) => value === undefined ? [] : [value].flat(),
  z.array(z.enum(scopes, { error: () => "scope_missing" }))
    .min(1, "scope_missing")
    .refine((chosen) => new Set(chosen).size === chosen.length, "once"),
);

const fields = { name: nameField, scope: scopeField, days: daysField };

const emptyForm: TokenForm = { scopes: ["profile:read"], days: String(DEFAULT_TOKEN_DAYS) };

type Used = Pick<
  Services,
  "login" | "guards" | "apiTokens" | "activity" | "mail" | "now" | "config"
>;

/** Creates API tokens, shows a new one once, and revokes them. */
export function apiTokensRoutes(services: Used) {
  const { login, guards, apiTokens, activity, mail, now, config } = services;
  const routes = new Hono();

  routes.get(path, guards.fresh, async (c) => {
    const { text, features, user } = c.var;
    const token = isShown(c) ? await apiTokens.takeNew(user.id) : null;
    if (!token) return page(c, user, {});
    const { origin } = config;
    return c.render(
      <NewApiTokenPage
        text={text}
        features={features}
        email={user.email}
        token={token}
        origin={origin}
      />,
      { title: text.apiTokens.new.title },
    );
  });

  routes.post(
    path,
    guards.fresh,
    form(fields, async (c, problems, typed) => {
      const name = typed("name");
      const days = typed("days") ?? "";
      const chosen = (await c.req.formData()).getAll("scope").map(String);
      return await page(c, c.var.user, { form: { name, scopes: chosen, days, problems } }, 422);
    }),
    async (c) => {
      const { user } = c.var;
      const { name, scope, days } = c.req.valid("form");
      const made = { name, scopes: sorted(scope), days };
      const created = await apiTokens.create(user, made, async (operation, token) => {
        await activity.join(operation, c, user.id, "api_token_created", {
          name,
          scopes: token.scopes.join(" "),
          days,
        });
        if (mail) addWrites(operation, mail.mails.apiTokenCreated(c, user, token));
      });
      if (created.ok) {
        c.var.log("authn_token_created", { reason: "api_token" });
      } else if (created.reason === "too_many") {
        const form = { name, scopes: scope, days: String(days) };
        return await page(c, user, { problem: "too_many", form }, 409);
      }
      return c.redirect(path, 303); // after an end of all logins this leads to the login
    },
  );

  routes.post(`${path}/:id/revoke`, guards.fresh, async (c) => {
    const { user } = c.var;
    const join: JoinToken = (operation, { name }) =>
      activity.join(operation, c, user.id, "api_token_revoked", { name });
    if (!await apiTokens.revoke(user.id, c.req.param("id"), join)) {
      c.var.log("authz_fail", { reason: "not_theirs" });
      return await page(c, user, { problem: "gone" }, 404); // for another user's, too
    }
    c.var.log("authn_token_revoked", { reason: "api_token" });
    await login.flash(c, "api_token_revoked");
    return c.redirect(path, 303);
  });

  async function page(
    c: Context,
    user: User,
    { form = emptyForm, problem }: Partial<Pick<ApiTokensPageProps, "form" | "problem">>,
    status?: 404 | 409 | 422,
  ) {
    const { text, features } = c.var;
    const tokens = await apiTokens.list(user);
    const facts = { text, features, now: now(), tokens, scopes, form, problem };
    return c.render(<ApiTokensPage {...facts} />, { title: text.apiTokens.title, status });
  }

  return routes;
}

/** In the order of the form. */
function sorted(chosen: readonly Scope[]): Scope[] {
  return scopes.filter((scope) => chosen.includes(scope));
}
