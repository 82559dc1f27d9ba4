import { loginUrl } from "@latchkey/login";
import { type Context, Hono } from "hono";
import { LoginPage, type LoginPageProps } from "../views/login.tsx";
import { tooManyRequests } from "./middleware/errors.tsx";
import { form, text } from "./middleware/form.ts";
import { logClaimedEmail } from "./middleware/log.ts";
import type { Services } from "./services.ts";

const fields = {
  email: text.min(1, "missing"),
  password: text.min(1, "missing"),
  remember: text.optional(),
  next: text.optional(),
};

export function loginRoutes(
  { login, guards, accounts, throttle, completeLogin, lastProvider }: Pick<
    Services,
    "login" | "guards" | "accounts" | "throttle" | "completeLogin" | "lastProvider"
  >,
) {
  const routes = new Hono();

  routes.get("/login", guards.anonymous, (c) => page(c, { next: c.req.query("next") }));

  // Open to users as well: another tab may have logged in since; this form then switches users.
  routes.post(
    "/login",
    form(fields, (c, problems, typed) => {
      const input = { email: typed("email"), remember: typed("remember") === "on" };
      return page(c, { problems, input, next: typed("next") }, 422);
    }),
    async (c) => {
      const { email, password, next, ...boxes } = c.req.valid("form");
      const remember = boxes.remember === "on";
      logClaimedEmail(c, email);
      const attempt = await throttle.attempt(
        c,
        email,
        () => accounts.findCredential(email),
        (account) => accounts.authenticate(account, password),
      );
      if (!attempt.evaluated) return tooManyRequests(c, attempt, loginUrl(c.req.path, next));

      const { outcome, failures, isKnownDevice, newBrowserCount } = attempt;
      const isSuspended = !outcome.ok && outcome.reason === "suspended" &&
        outcome.user.suspension !== null;
      if (!outcome.ok && !isSuspended) await login.reportFailure(c, outcome.reason);
      const answer = (outcome.ok || isSuspended) && await completeLogin(c, outcome.user, {
        methods: ["pwd"],
        remember,
        failures: Math.max(...failures),
        isKnownDevice,
        newBrowserMail: newBrowserCount
          ? { verdict: "counted", count: newBrowserCount }
          : { verdict: "too_many" },
        next: next ?? c.req.query("next"),
      });
      // One answer for every reason: it must not tell which addresses have accounts.
      return answer || page(c, { refused: true, input: { email, remember }, next }, 422);
    },
  );

  function page(c: Context, props: Omit<LoginPageProps, "text" | "features">, status?: 422) {
    const { text, features } = c.var;
    const last = lastProvider.read(c) ?? null;
    return c.render(
      <LoginPage text={text} features={features} lastProvider={last} {...props} />,
      { title: text.login.title, status },
    );
  }

  return routes;
}
