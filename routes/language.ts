import { safeNext } from "@latchkey/login";
import { Hono } from "hono";
import { refuse } from "./middleware/errors.tsx";
import { form, text } from "./middleware/form.ts";
import type { Services } from "./services.ts";

/** Takes the form at the foot of every page. */
export function languageRoutes({ language }: Pick<Services, "language">) {
  const routes = new Hono();

  routes.post(
    "/language",
    form({ lang: text, next: text.optional() }, (c) => refuse(c, "incomplete")),
    (c) => {
      const { lang, next } = c.req.valid("form");
      language.keep(c, lang);
      return c.redirect(safeNext(next) ?? "/", 303);
    },
  );

  return routes;
}
