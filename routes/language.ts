import { type Login, safeNext } from "@latchkey/login";
import { Hono } from "hono";
import type { User } from "../lib/account/user.ts";
import { form, text } from "./form.ts";
import { findText, keepLanguage } from "./language_choice.ts";

/** The choice at the foot of every page. */
export function languageRoutes({ origin }: Login<User>) {
  const routes = new Hono();

  routes.post(
    "/language",
    form({ lang: text, next: text.optional() }, (c) => c.redirect("/", 303)),
    (c) => {
      const { lang, next } = c.req.valid("form");
      const chosen = findText(lang);
      if (chosen) keepLanguage(c, origin, chosen);
      return c.redirect(safeNext(next) ?? "/", 303);
    },
  );

  return routes;
}
