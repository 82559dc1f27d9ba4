import { safeNext } from "@latchkey/login";
import { Hono } from "hono";
import { refuse } from "./middleware/errors.tsx";
import { form, text } from "./middleware/form.ts";
import type { Services } from "./services.ts";

/** Takes the form at the foot of every page. */
export function languageRoutes(
  { language, login, accounts }: Pick<Services, "language" | "login" | "accounts">,
) {
  const routes = new Hono();

  routes.post(
    "/language",
    form({ lang: text, next: text.optional() }, (c) => refuse(c, "incomplete")),
    async (c) => {
      const { lang, next } = c.req.valid("form");
      const isKept = language.keep(c, lang);
      const user = await login.user(c);
      if (isKept && user && user.lang !== lang) await accounts.setLanguage(user.id, lang);
      return c.redirect(safeNext(next) ?? "/", 303);
    },
  );

  return routes;
}
