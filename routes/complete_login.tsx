import type { AuthMethod, StartOptions } from "@latchkey/login";
import { loginUrl, safeNext } from "@latchkey/login";
import type { Context } from "hono";
import { isPending, type Suspension, type User } from "../lib/account/user.ts";
import { provesFactor } from "../lib/credential/second_factor.ts";
import { SuspendedPage } from "../views/login/suspended.tsx";
import type { FlashWord } from "../views/text/en.ts";
import { loginNotice, type NewBrowserMail } from "./login_notice.ts";
import { offerPasskey } from "./passkey_offer.ts";
import { endPendingLogin } from "./pending_login.ts";
import type { MailServices, Services } from "./services.ts";

/** What somebody proved, and where they want to go. */
export interface ProvedLogin extends Pick<StartOptions, "remember" | "freshness" | "issuer"> {
  readonly methods: readonly AuthMethod[];
  /** Failures in a row before it. */
  readonly failures: number;
  /** Whether the user logged in with this browser before. */
  readonly isKnownDevice: boolean;
  readonly newBrowserMail: NewBrowserMail;
  readonly next?: string | undefined;
  /** What the next page says, if not "You're logged in". */
  readonly greeting?: FlashWord;
}

/** Answers somebody who proved who they are; null when they may not log in. */
export type CompleteLogin = (c: Context, user: User, proved: ProvedLogin) => Promise<
  Response | null
>;

type Used = Pick<
  Services,
  | "login"
  | "accounts"
  | "pendingLogins"
  | "pendingCookie"
  | "throttle"
  | "language"
  | "mail"
  | "activity"
  | "now"
>;

/** The one way in: whatever was proved, this alone decides whether a session starts. */
export function createLoginCompletion(
  { login, accounts, pendingLogins, pendingCookie, throttle, language, mail, activity, now }: Used,
): CompleteLogin {
  return async (c, user, proved) => {
    // Without mail nobody can confirm it any more, and the account ends with its time.
    if (isPending(user)) return mail && await askToVerify(c, user, mail);
    const lacksFactor = user.factors.length > 0 && !provesFactor(proved.methods);
    if (user.suspension && !lacksFactor) return await refuseSuspended(c, user, user.suspension);
    if (mail && user.passwordCompromised) {
      await login.flash(c, "password_compromised");
      return c.redirect("/password-reset", 303);
    }

    if (lacksFactor) return await askForFactor(c, user, proved);

    const before = await login.user(c);
    const { methods, issuer, remember, freshness, failures, next, greeting } = proved;
    const event = await activity.record(c, user.id, "logged_in", {
      facts: { methods: methods.join(" "), ...failures > 0 ? { failures } : {} },
    });
    const notice = mail ? loginNotice(c, { user, proved }, mail.mails) : [];
    const started = await login.start(c, user, {
      methods,
      ...issuer === undefined ? {} : { issuer },
      ...remember === undefined ? {} : { remember },
      ...freshness === undefined ? {} : { freshness },
      extraChange: { set: [...event, ...notice] },
    });
    if (!started.ok) return null;

    logSuccess(c, user.id, failures);
    if (user.factors.length > 0) throttle.setDeviceCookie(c, user);
    await endPendingLogin(c, { pendingLogins, pendingCookie });
    await keepLanguage(c, user);
    const isSwitched = before !== null && before.id !== user.id;
    if (greeting) await login.flash(c, greeting);
    if (isSwitched || !greeting) await login.flash(c, isSwitched ? "switched" : "logged_in");
    const target = await login.takeNext(c, next);
    if (!mail || user.emailVerified || user.askedToVerify) {
      await offerPasskey(c, { user, proved }, { login, accounts, now });
      return c.redirect(target, 303);
    }
    await accounts.noteAskedToVerify(user.id);
    return c.redirect(loginUrl("/verify-email", target), 303);
  };

  /** Mails follow the language that was chosen in this browser before the login. */
  async function keepLanguage(c: Context, { id, lang }: User): Promise<void> {
    const chosen = language.chosen(c);
    if (chosen !== undefined && chosen !== lang) await accounts.setLanguage(id, chosen);
  }

  /** Sends the link once more: without it the account opens nothing. */
  async function askToVerify(c: Context, user: User, { mails, askingBrowser }: MailServices) {
    const browser = askingBrowser.remember(c);
    const { verdict } = await throttle.mailAdmission(c, "verify_email", user.email);
    if (verdict === "admitted") await mails.commit(mails.verifyEmail(c, user, browser));
    await login.flash(c, verdict === "admitted" ? "verify_first" : "verify_first_by_older_mail");
    return c.redirect("/verify-email", 303);
  }

  /** Says why, because they proved whose account it is. */
  async function refuseSuspended(c: Context, { id }: User, { reason }: Suspension) {
    await login.reportFailure(c, "suspended", id);
    const { text } = c.var;
    return c.render(<SuspendedPage text={text} reason={reason} />, {
      title: text.login.suspension.suspended,
      status: 422,
    });
  }

  /** Keeps what was proved until the second factor is; it is no session. */
  async function askForFactor(c: Context, user: User, proved: ProvedLogin): Promise<Response> {
    const { methods, issuer = null, remember, next, failures, isKnownDevice } = proved;
    const proof = {
      methods,
      issuer,
      remember: remember === true,
      next: safeNext(next),
      failures,
      isKnownDevice,
    };
    const token = await pendingLogins.begin(user, proof, pendingCookie.read(c));
    pendingCookie.write(c, token);
    return c.redirect("/login/second-factor", 303);
  }
}

function logSuccess(c: Context, userId: string, failures: number): void {
  if (failures === 0) c.var.log("authn_login_success", { userId });
  else c.var.log("authn_login_successafterfail", { userId, failures });
}
