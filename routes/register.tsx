import { type Context, Hono } from "hono";
import type { Registration } from "../lib/account/accounts.ts";
import type { User } from "../lib/account/user.ts";
import type { Person } from "../lib/credential/password_policy.ts";
import { MINUTE } from "../lib/time.ts";
import type { Problems } from "../views/form.tsx";
import { RegisterPage, type RegisterPageProps } from "../views/register.tsx";
import { tooManyRequests } from "./middleware/errors.tsx";
import { emailField, form, nameField, passwordField, type Typed } from "./middleware/form.ts";
import type { Services } from "./services.ts";

/** A form that is sent again within this time, in milliseconds, may be the same one. */
const repeatWithin = 10 * MINUTE;

const fields = { name: nameField, email: emailField, password: passwordField };

/** Registration without mail: it logs in at once, and says so when an address is taken. */
export function registerRoutes(
  { login, guards, accounts, policy, throttle, now }: Pick<
    Services,
    "login" | "guards" | "accounts" | "policy" | "throttle" | "now"
  >,
) {
  const routes = new Hono();

  routes.get("/register", guards.anonymous, (c) => page(c, {}));

  // Open to users as well: another tab may have logged in since; this form then switches users.
  routes.post("/register", form(fields, refuse, validate), async (c) => {
    const registration = c.req.valid("form");
    const attempt = await throttle.register(c, async () => {
      return await policy.isBreached(registration.password)
        ? { ok: false, reason: "password_common" }
        : await accounts.register(registration);
    });
    if (!attempt.evaluated) return tooManyRequests(c, attempt);
    const { outcome } = attempt;
    if (!outcome.ok) {
      const repeated = outcome.reason === "email_taken" && await findRepeated(c, registration);
      if (repeated) return await logIn(c, repeated);
      const field = outcome.reason === "password_common" ? "password" : "email";
      const { name, email } = registration;
      return page(c, { problems: { [field]: outcome.reason }, input: { name, email } }, 422);
    }

    c.var.log("user_created", { userId: outcome.user.id });
    return await logIn(c, outcome.user);
  });

  /** The account that the same form, sent twice, made a moment ago; its password is the proof. */
  async function findRepeated(c: Context, registration: Registration): Promise<User | null> {
    const { name, email, password } = registration;
    const account = await accounts.findCredential(email);
    const { user } = account;
    const age = user && now().getTime() - user.createdAt.getTime();
    if (age === null || age > repeatWithin || user?.name !== name) return null;
    const attempt = await throttle.attempt(
      c,
      email,
      () => Promise.resolve(account),
      () => accounts.authenticate(account, password),
    );
    return attempt.evaluated && attempt.outcome.ok ? attempt.outcome.user : null;
  }

  async function logIn(c: Context, user: User): Promise<Response> {
    const before = await login.user(c);
    await login.start(c, user, { methods: ["pwd"] });
    await login.flash(c, "registered");
    if (before && before.id !== user.id) await login.flash(c, "switched");
    return c.redirect("/profile", 303);
  }

  async function validate(typed: Typed): Promise<Problems<"password">> {
    const problem = await policy.check(typed("password") ?? "", personOf(typed));
    return problem ? { password: problem } : {};
  }

  async function refuse(c: Context, problems: Problems<keyof typeof fields>, typed: Typed) {
    const password = typed("password");
    const assessment = password ? await policy.assess(password, personOf(typed)) : undefined;
    const input = { name: typed("name"), email: typed("email") };
    return page(c, { problems, input, assessment }, 422);
  }

  function page(
    c: Context,
    props: Omit<RegisterPageProps, "text" | "minLength">,
    status?: 422,
  ) {
    const { text } = c.var;
    return c.render(<RegisterPage text={text} minLength={policy.minLength} {...props} />, {
      title: text.register.title,
      status,
    });
  }

  return routes;
}

function personOf(typed: Typed): Person {
  return { email: typed("email") ?? "", name: typed("name") ?? "" };
}
