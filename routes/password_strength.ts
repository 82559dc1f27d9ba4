import { Hono } from "hono";
import { strengthWords } from "../views/new_password.tsx";
import { form, text } from "./middleware/form.ts";
import type { Services } from "./services.ts";

const fields = { password: text, name: text.optional(), email: text.optional() };

/** Tells the script beside the field what the page would say of this password. */
export function passwordStrengthRoutes({ login, policy }: Pick<Services, "login" | "policy">) {
  const routes = new Hono();

  routes.post(
    "/password-strength",
    form(fields, (c) => c.json({}, 422)),
    async (c) => {
      const { password, name = "", email = "" } = c.req.valid("form");
      const assessment = await policy.assess(password, await login.user(c) ?? { name, email });
      return c.json({ score: assessment.score, words: strengthWords(c.var.text, assessment) });
    },
  );

  return routes;
}
