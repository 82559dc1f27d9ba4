import type { Login } from "@latchkey/login";
import { Hono } from "hono";
import type { PasswordPolicy } from "../lib/credential/password_policy.ts";
import type { User } from "../lib/account/user.ts";
import { strengthWords } from "../views/new_password.tsx";
import { form, text } from "./middleware/form.ts";

const fields = { password: text, name: text.optional(), email: text.optional() };

/** For the script beside the field: it says of a password what the page would say that refuses it. */
export function passwordStrengthRoutes(login: Login<User>, policy: PasswordPolicy) {
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
