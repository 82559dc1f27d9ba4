import { type Context, Hono } from "hono";
import type { Registration } from "../lib/account/accounts.ts";
import { canonicalEmail } from "../lib/account/email_address.ts";
import type { User } from "../lib/account/user.ts";
import type { Person } from "../lib/credential/password_policy.ts";
import { MINUTE } from "../lib/time.ts";
import type { Problems } from "../views/form.tsx";
import { RegisterPage, type RegisterPageProps } from "../views/register.tsx";
import { tooManyRequests } from "./middleware/errors.tsx";
import { emailField, form, nameField, passwordField, type Typed } from "./middleware/form.ts";
import { logCreated } from "./middleware/log.ts";
import { registrationMails } from "./registration_mails.ts";
import type { MailServices, Services } from "./services.ts";

/** A form that is sent again within this time, in milliseconds, may be the same one. */
const repeatWithin = 10 * MINUTE;

const fields = { name: nameField, email: emailField, password: passwordField };

type Used = Pick<
  Services,
  | "login"
  | "activity"
  | "guards"
  | "accounts"
  | "registrations"
  | "policy"
  | "throttle"
  | "completeLogin"
  | "lastProvider"
  | "mail"
  | "now"
>;

/**
 * Without mail, registering logs in at once and says when an address is taken. With mail it answers
 * the same for every address, and the mail says what to do.
 */
export function registerRoutes(services: Used) {
  const { login, guards, accounts, registrations, policy, throttle, activity, mail, now } =
    services;
  const { completeLogin, lastProvider } = services;
  const routes = new Hono();

  routes.get("/register", guards.anonymous, (c) => page(c, {}));

  // Open to users as well: another tab may have logged in since; this form then switches users.
  routes.post("/register", form(fields, refuse, validate), async (c) => {
    const registration = c.req.valid("form");
    const attempt = await throttle.register(c, async () => {
      if (await policy.isBreached(registration.password)) {
        return { ok: false, reason: "password_common" } as const;
      }
      return mail ? await registerByMail(c, registration, mail) : await accounts.register(
        { ...registration, lang: c.var.text.lang },
        (operation, { id }) => activity.join(operation, c, id, "registered"),
      );
    });
    if (!attempt.evaluated) return tooManyRequests(c, attempt);
    const { outcome } = attempt;
    if (!outcome.ok && outcome.reason === "too_many") return tooManyRequests(c, outcome.refusal);
    if (!outcome.ok && outcome.reason === "mail_sent") {
      await login.flash(c, "registration_sent");
      return c.redirect("/verify-email", 303);
    }
    if (!outcome.ok) {
      const repeated = outcome.reason === "email_taken" && await findRepeated(c, registration);
      if (repeated) return await logIn(c, repeated);
      const field = outcome.reason === "password_common" ? "password" : "email";
      const { name, email } = registration;
      return page(c, { problems: { [field]: outcome.reason }, input: { name, email } }, 422);
    }

    logCreated(c, { user: outcome.user, replaced: null });
    return await logIn(c, outcome.user);
  });

  /** For a free and a taken address alike; no success, which would set a device cookie. */
  async function registerByMail(c: Context, registration: Registration, mail: MailServices) {
    const email = canonicalEmail(registration.email) ?? "";
    const prepared = await registrationMails(c, email, mail, throttle);
    if (!prepared.ok) {
      const { retryAfter } = prepared;
      const refusal = { evaluated: false, limit: "registration", retryAfter } as const;
      return { ok: false, reason: "too_many", refusal } as const;
    }
    const { lang } = c.var.text;
    const created = await registrations.register({ ...registration, email, lang }, prepared.mails);
    if (created) logCreated(c, created);
    return { ok: false, reason: "mail_sent" } as const;
  }

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
    const answer = await completeLogin(c, user, {
      methods: ["pwd"],
      failures: 0,
      isKnownDevice: true, // the first login of an account is no news to its owner
      newBrowserMail: { verdict: "free" },
      greeting: "registered",
    });
    return answer ?? c.redirect("/login", 303);
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
    props: Omit<RegisterPageProps, "text" | "features" | "minLength">,
    status?: 422,
  ) {
    const { text, features } = c.var;
    return c.render(
      <RegisterPage
        text={text}
        features={features}
        minLength={policy.minLength}
        lastProvider={lastProvider.read(c) ?? null}
        {...props}
      />,
      { title: text.register.title, status },
    );
  }

  return routes;
}

function personOf(typed: Typed): Person {
  return { email: typed("email") ?? "", name: typed("name") ?? "" };
}
