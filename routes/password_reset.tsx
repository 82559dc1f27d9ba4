import { type Context, Hono, type Next } from "hono";
import { canonicalEmail } from "../lib/account/email_address.ts";
import type { FoundToken } from "../lib/account/email_token.ts";
import type { User } from "../lib/account/user.ts";
import type { Problems } from "../views/form.tsx";
import {
  NewPasswordPage,
  type NewPasswordPageProps,
  PasswordResetPage,
  type PasswordResetPageProps,
} from "../views/password_reset.tsx";
import { deadLink } from "./middleware/dead_link.tsx";
import { emailField, form, linkEmailField, passwordField, type Typed } from "./middleware/form.ts";
import { isFormOf } from "./middleware/mailed_link.ts";
import type { MailServices, Services } from "./services.ts";

/** A link that works, and the account that it is for. */
interface Link {
  readonly found: FoundToken;
  readonly user: User;
}

declare module "hono" {
  interface ContextVariableMap {
    /** The link that the guard of its page found. */
    resetLink: Link;
  }
}

const fields = { email: linkEmailField, password: passwordField };

type Used = Pick<
  Services & MailServices,
  | "login"
  | "accounts"
  | "passwordResets"
  | "emailTokens"
  | "policy"
  | "throttle"
  | "mails"
  | "mailedLink"
>;

/** Replaces a forgotten password by a mailed link. It logs nobody in. */
export function passwordResetRoutes(services: Used) {
  const { login, accounts, passwordResets, policy, throttle, mails, mailedLink } = services;
  const routes = new Hono();

  routes.get("/password-reset", async (c) => {
    const user = await login.user(c);
    return askPage(c, { email: user?.email, isCompromised: user?.passwordCompromised ?? false });
  });

  routes.post(
    "/password-reset",
    form({ email: emailField }, (c, problems, typed) => {
      return askPage(c, { email: typed("email"), problems }, 422);
    }),
    async (c) => {
      const email = canonicalEmail(c.req.valid("form").email) ?? "";
      const { verdict } = await throttle.mailAdmission(c, "reset_password", email);
      // The same work for every address: only the network's limit ends it sooner.
      if (verdict !== "refused") {
        const { user } = await accounts.findCredential(email);
        const isSent = verdict === "admitted" && user?.active;
        await mails.commit(mails.resetPassword(c, isSent ? user : null));
      }
      await login.flash(c, "reset_sent");
      return c.redirect("/password-reset", 303);
    },
  );

  routes.get("/password-reset/new", requireLink, (c) => newPasswordPage(c, {}));

  routes.post("/password-reset/new", requireLink, form(fields, refuse, validate), async (c) => {
    const { email, password } = c.req.valid("form");
    const { found, user } = c.var.resetLink;
    if (!isFormOf(found, email)) return deadLink(c, "/password-reset");
    if (await isKnownToOthers(c, user, password)) {
      return newPasswordPage(c, { problems: { password: "password_unchanged" } }, 422);
    }
    const reset = await throttle.withSlot(c, () => resetPassword(c, password));
    if (reset === "dead") return deadLink(c, "/password-reset");
    if (reset !== "done") return newPasswordPage(c, { problems: { password: reset } }, 422);

    mailedLink.forget(c);
    await login.flash(c, "password_reset");
    return c.redirect("/login", 303);
  });

  routes.get("/password-reset/:token", (c) => mailedLink.open(c, "/password-reset/new"));

  /** In front of the form: without a link nothing else costs anything. */
  async function requireLink(c: Context, next: Next) {
    const found = await services.emailTokens.find("reset_password", mailedLink.read(c));
    const user = found && await accounts.find(found.userId);
    if (!found || user?.email !== found.record.email) return deadLink(c, "/password-reset");
    c.set("resetLink", { found, user });
    return await next();
  }

  /**
   * Whether this is the old password, and others know it. Each comparison is an attempt: a link
   * must not help to guess. After too many of them nothing is compared, because a reset must stay
   * possible.
   */
  async function isKnownToOthers(c: Context, user: User, password: string): Promise<boolean> {
    if (!user.passwordCompromised) return false;
    const attempt = await throttle.attemptByUser(
      c,
      user,
      () => accounts.verifyPassword(user, password),
    );
    return attempt.evaluated && attempt.outcome.ok;
  }

  async function resetPassword(c: Context, password: string) {
    if (await policy.isBreached(password)) return "password_common";
    const changed = await passwordResets.reset(c.var.resetLink.found, password, (changed) => {
      return mails.passwordChanged(c, changed);
    });
    if (!changed) return "dead";
    c.var.log("authn_password_change", { userId: changed.id });
    return "done";
  }

  async function validate(typed: Typed, c: Context): Promise<Problems<"password">> {
    const problem = await policy.check(typed("password") ?? "", c.var.resetLink.user);
    return problem ? { password: problem } : {};
  }

  async function refuse(c: Context, problems: Problems<keyof typeof fields>, typed: Typed) {
    const password = typed("password");
    const { found, user } = c.var.resetLink;
    if (!isFormOf(found, typed("email"))) return deadLink(c, "/password-reset");
    const assessment = password ? await policy.assess(password, user) : undefined;
    return newPasswordPage(c, { problems, assessment }, 422);
  }

  function newPasswordPage(
    c: Context,
    props: Pick<NewPasswordPageProps, "problems" | "assessment">,
    status?: 422,
  ) {
    const { text, resetLink: { user: { email } } } = c.var;
    const { minLength } = policy;
    return c.render(
      <NewPasswordPage text={text} email={email} minLength={minLength} {...props} />,
      { title: text.passwordReset.newTitle, status },
    );
  }

  return routes;
}

function askPage(c: Context, props: Omit<PasswordResetPageProps, "text">, status?: 422) {
  const { text } = c.var;
  return c.render(<PasswordResetPage text={text} {...props} />, {
    title: text.passwordReset.title,
    status,
  });
}
