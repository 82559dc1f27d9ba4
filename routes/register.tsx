import type { Login } from "@latchkey/login";
import { type Context, Hono } from "hono";
import type { Accounts } from "../lib/account/accounts.ts";
import type { PasswordPolicy, Person } from "../lib/credential/password_policy.ts";
import type { User } from "../lib/account/user.ts";
import type { Problems } from "../views/form.tsx";
import { RegisterPage, type RegisterPageProps } from "../views/register.tsx";
import type { RequestThrottle } from "./middleware/login_throttle.ts";
import { tooManyRequests } from "./middleware/errors.tsx";
import { emailField, form, nameField, passwordField, type Typed } from "./middleware/form.ts";

/** Registration without a mail transport: it logs in at once, and says so when an address is taken. */
export function registerRoutes(
  login: Login<User>,
  accounts: Accounts,
  policy: PasswordPolicy,
  throttle: RequestThrottle,
) {
  const routes = new Hono();
  const fields = { name: nameField, email: emailField, password: passwordField };

  routes.get("/register", login.anonymous, (c) => page(c));

  routes.post("/register", login.anonymous, form(fields, refuse, judge), async (c) => {
    const registration = c.req.valid("form");
    const typed: Typed = (name) => ({ ...registration, password: "" })[name as "name" | "email"];
    const attempted = await throttle.register(c, registration.email, async () => {
      return await policy.isBreached(registration.password)
        ? { ok: false, reason: "password_common" }
        : await accounts.register(registration);
    });
    if (!attempted.evaluated) return tooManyRequests(c, attempted);
    const registered = attempted.outcome;
    if (!registered.ok) {
      const { reason } = registered;
      const field = reason === "password_common" ? "password" : "email";
      return refuse(c, { [field]: reason }, typed);
    }

    c.var.log("user_created", { userId: registered.user.id });
    await login.start(c, registered.user, { methods: ["pwd"] });
    await login.flash(c, "registered");
    return c.redirect("/profile", 303);
  });

  async function judge(typed: Typed): Promise<Problems<"password">> {
    const problem = await policy.check(typed("password") ?? "", personOf(typed));
    return problem ? { password: problem } : {};
  }

  async function refuse(c: Context, problems: Problems<keyof typeof fields>, typed: Typed) {
    c.status(422);
    const password = typed("password");
    return page(c, {
      problems,
      input: { name: typed("name"), email: typed("email") },
      assessment: password ? await policy.assess(password, personOf(typed)) : undefined,
    });
  }

  function page(c: Context, state: Omit<RegisterPageProps, "text" | "minLength"> = {}) {
    const { text } = c.var;
    return c.render(<RegisterPage text={text} minLength={policy.minLength} {...state} />, {
      title: text.register.title,
    });
  }

  return routes;
}

function personOf(typed: Typed): Person {
  return { email: typed("email") ?? "", name: typed("name") ?? "" };
}
