import { Hono } from "hono";
import type { PasswordAssessment } from "../lib/credential/password_policy.ts";
import { strengthWords } from "../views/new_password.tsx";
import type { Text } from "../views/text/en.ts";
import { form, text } from "./middleware/form.ts";
import { NetworkLimit } from "./middleware/network_limit.ts";
import type { Services } from "./services.ts";

const fields = { password: text, name: text.optional(), email: text.optional() };

/** For each network. The script sends one request at the end of every burst of typing. */
const MAX_PER_MINUTE = 200;

/** Tells the script beside the field what the page would say of this password. */
export function passwordStrengthRoutes(
  { login, policy, now }: Pick<Services, "login" | "policy" | "now">,
) {
  const routes = new Hono();

  routes.post(
    "/password-strength",
    new NetworkLimit(MAX_PER_MINUTE, now).middleware,
    form(fields, (c, { password: problem }) => {
      return problem === "password_too_long"
        ? c.json(answer(c.var.text, { problem, score: 1, advice: [] }))
        : c.json({}, 422);
    }),
    async (c) => {
      const { password, name = "", email = "" } = c.req.valid("form");
      const assessment = await policy.assess(password, await login.user(c) ?? { name, email });
      return c.json(answer(c.var.text, assessment));
    },
  );

  return routes;
}

function answer(text: Text, assessment: PasswordAssessment) {
  return { score: assessment.score, words: strengthWords(text, assessment) };
}
