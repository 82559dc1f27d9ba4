import { safeNext } from "@latchkey/login";
import { type Context, Hono } from "hono";
import { canonicalEmail } from "../lib/account/email_address.ts";
import { type FoundToken, isAskingBrowser } from "../lib/account/email_token.ts";
import { isPending, NO_USER_ID, type User } from "../lib/account/user.ts";
import { linkedProviders } from "../lib/oidc/linked_provider.ts";
import type { Problems } from "../views/form.tsx";
import {
  ConfirmEmailPage,
  type ConfirmEmailPageProps,
  VerifyEmailPage,
} from "../views/verify_email.tsx";
import { deadLink } from "./middleware/dead_link.tsx";
import { tooManyRequests } from "./middleware/errors.tsx";
import { emailField, form, linkEmailField, text } from "./middleware/form.ts";
import { isFormOf } from "./middleware/mailed_link.ts";
import type { MailServices, Services } from "./services.ts";

/** A link that works, and the account that it is for. */
interface Link {
  readonly found: FoundToken;
  readonly user: User;
  /** Whether this browser asked for the mail: then the link alone is enough. */
  readonly isAskers: boolean;
}

type Used = Pick<
  Services & MailServices,
  | "login"
  | "activity"
  | "accounts"
  | "registrations"
  | "emailTokens"
  | "throttle"
  | "completeLogin"
  | "identities"
  | "config"
  | "mails"
  | "mailedLink"
  | "askingBrowser"
>;

/** Proves that an address belongs to the person who registered it. */
export function verifyEmailRoutes(
  {
    login,
    accounts,
    registrations,
    emailTokens,
    throttle,
    completeLogin,
    activity,
    identities,
    config,
    mails,
    mailedLink,
    askingBrowser,
  }: Used,
) {
  const routes = new Hono();

  routes.get("/verify-email", async (c) => {
    const user = await login.user(c);
    const later = user && laterOf(c);
    // Without somewhere to go to, the page may be about another account than the user's.
    return askPage(c, { email: later === null ? undefined : user?.email, later });
  });

  routes.post(
    "/verify-email",
    form({ email: emailField }, (c, problems, typed) => {
      return askPage(c, { email: typed("email"), problems, later: null }, 422);
    }),
    async (c) => {
      const email = canonicalEmail(c.req.valid("form").email) ?? "";
      const browser = askingBrowser.remember(c);
      const { verdict } = await throttle.mailAdmission(c, "verify_email", email);
      // The same work for every address: only the network's limit ends it sooner.
      if (verdict !== "refused") {
        const { user } = await accounts.findCredential(email);
        const asker = await askerOf(c, user, browser);
        const isSent = verdict === "admitted" && user && !user.emailVerified;
        await mails.commit(mails.verifyEmail(c, isSent ? user : null, asker));
      }
      await login.flash(c, "verification_sent");
      return c.redirect("/verify-email", 303);
    },
  );

  routes.get("/verify-email/confirm", async (c) => {
    const link = await readLink(c);
    return link ? confirmPage(c, link) : deadLink(c, "/verify-email");
  });

  routes.post(
    "/verify-email/confirm",
    form({ email: linkEmailField, password: text.optional() }, async (c, problems, typed) => {
      const link = await readLink(c, typed("email"));
      return link ? confirmPage(c, link, problems) : deadLink(c, "/verify-email");
    }),
    async (c) => {
      const { email, password = "" } = c.req.valid("form");
      const link = await readLink(c, email);
      if (!link) return deadLink(c, "/verify-email");
      return link.isAskers ? await confirm(c, link, 0) : await confirmByPassword(c, link, password);
    },
  );

  routes.post(
    "/verify-email/reject",
    form({ email: linkEmailField }, async (c) => {
      const link = await readLink(c);
      return link ? confirmPage(c, link, {}) : deadLink(c, null);
    }),
    async (c) => {
      const link = await readLink(c, c.req.valid("form").email);
      if (!link || !await registrations.reject(link.found)) return deadLink(c, null);
      mailedLink.forget(c);
      c.var.log("user_deleted", { userId: link.user.id, reason: "rejected" });
      await login.flash(c, "registration_removed");
      return c.redirect("/", 303);
    },
  );

  routes.get("/verify-email/:token", (c) => mailedLink.open(c, "/verify-email/confirm"));

  /**
   * The browser in which the link alone is enough: the one that registered, or one that is logged
   * in as the user. A browser that asks again is not: a stranger may have registered the address,
   * and its owner asks. Without the password of the registration the account stays unusable.
   */
  async function askerOf(c: Context, user: User | null, browser: string): Promise<string | null> {
    const asker = await emailTokens.askerOf("verify_email", user?.id ?? NO_USER_ID);
    return user && (await login.user(c))?.id === user.id ? browser : asker;
  }

  /** @param email The address in the form that was sent. */
  async function readLink(c: Context, email?: string): Promise<Link | null> {
    const found = await emailTokens.find("verify_email", mailedLink.read(c));
    if (!found || !isFormOf(found, email)) return null;
    const user = await accounts.find(found.userId);
    if (user?.email !== found.record.email) return null;
    return { found, user, isAskers: isAskingBrowser(found.record, askingBrowser.read(c)) };
  }

  async function confirmByPassword(c: Context, link: Link, password: string): Promise<Response> {
    if (await accounts.lacksPassword(link.user)) return confirmPage(c, link, {});
    if (password === "") return confirmPage(c, link, { password: "missing" });
    const attempt = await throttle.attemptByUser(
      c,
      link.user,
      () => accounts.verifyPassword(link.user, password),
    );
    if (!attempt.evaluated) return tooManyRequests(c, attempt);
    if (attempt.outcome.ok) return await confirm(c, link, Math.max(...attempt.failures));
    await login.reportFailure(c, "wrong", link.user.id);
    return confirmPage(c, link, "refused");
  }

  /** @param failures Wrong passwords before it. */
  async function confirm(c: Context, { found, isAskers }: Link, failures: number) {
    const event = await activity.record(c, found.userId, "email_verified");
    const user = await registrations.confirm(found, event);
    if (!user) return deadLink(c, "/verify-email");
    mailedLink.forget(c);
    if (isAskers) throttle.noteFirstFactor(c, user); // elsewhere the password did
    c.var.log("user_updated", { userId: user.id, reason: "email_verified" });
    await login.flash(c, "email_verified");
    if ((await login.user(c))?.id === user.id) return c.redirect("/profile", 303);
    const answer = await completeLogin(c, user, {
      methods: isAskers ? ["mail"] : ["pwd"],
      freshness: isAskers ? "not_fresh" : "fresh",
      failures,
      isKnownDevice: true, // the first login of an account is no news to its owner
      newBrowserMail: { verdict: "free" },
    });
    return answer ?? c.redirect("/login", 303);
  }

  async function confirmPage(c: Context, link: Link, problem?: Problems<"password"> | "refused") {
    const { text } = c.var;
    const { user } = link;
    return c.render(
      <ConfirmEmailPage
        text={text}
        email={user.email}
        proof={await proofOf(link, problem)}
        canReject={isPending(user)}
      />,
      { title: text.verifyEmail.confirmTitle, status: problem ? 422 : undefined },
    );
  }

  /** What this browser can prove that the account is theirs with. */
  async function proofOf(
    { user, isAskers }: Link,
    problem?: Problems<"password"> | "refused",
  ): Promise<ConfirmEmailPageProps["proof"]> {
    if (isAskers) return { kind: "link" };
    if (await accounts.lacksPassword(user)) {
      const linked = await identities.list(user.id);
      return { kind: "provider", providers: linkedProviders(linked, config.providers) };
    }
    const refused = problem === "refused";
    const problems = problem && !refused ? problem as Problems<"password"> : {};
    return { kind: "password", problems, refused };
  }

  /** Where somebody who does not want to confirm now goes; null without a page to go to. */
  function laterOf(c: Context): string | null {
    return safeNext(c.req.query("next"));
  }

  return routes;
}

function askPage(
  c: Context,
  props: { email: string | undefined; problems?: Problems<"email">; later: string | null },
  status?: 422,
) {
  const { text } = c.var;
  return c.render(<VerifyEmailPage text={text} {...props} />, {
    title: text.verifyEmail.title,
    status,
  });
}
