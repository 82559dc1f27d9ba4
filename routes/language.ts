import { safeNext } from "@latchkey/login";
import { Hono } from "hono";
import { refuse } from "./middleware/errors.tsx";
import { form, text } from "./middleware/form.ts";
import type { LanguageChoice } from "./middleware/language.ts";

/** The choice at the foot of every page. */
export function languageRoutes(choice: LanguageChoice) {
  const routes = new Hono();

  routes.post(
    "/language",
    form({ lang: text, next: text.optional() }, (c) => refuse(c, "incomplete")),
    (c) => {
      const { lang, next } = c.req.valid("form");
      choice.keep(c, lang);
      return c.redirect(safeNext(next) ?? "/", 303);
    },
  );

  return routes;
}
