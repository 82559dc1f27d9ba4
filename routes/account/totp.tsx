import { addToCommit } from "@latchkey/login/kv";
import { type Context, Hono } from "hono";
import type { User } from "../../lib/account/user.ts";
import { inGroupsOfFour } from "../../lib/credential/base32.ts";
import { otpauthUri } from "../../lib/credential/otpauth.ts";
import { mustHaveFactor, worthlessProofs } from "../../lib/credential/second_factor.ts";
import { addWrites } from "../../lib/kv/write.ts";
import { EnrolTotpPage, type EnrolTotpPageProps, TotpPage } from "../../views/account/totp.tsx";
import type { FieldProblem, Text } from "../../views/text/en.ts";
import { tooManyRequests } from "../middleware/errors.tsx";
import { form, totpField } from "../middleware/form.ts";
import type { Services } from "../services.ts";

const path = "/account/totp";

type Used = Pick<
  Services,
  | "login"
  | "activity"
  | "guards"
  | "accounts"
  | "totp"
  | "recoveryCodes"
  | "throttle"
  | "mail"
  | "config"
>;

type EnrolOutcome =
  /** Repeated: the same form was sent twice. */
  | { readonly ok: true; readonly user: User; readonly isRepeated: boolean }
  | { readonly ok: false; readonly problem: FieldProblem };

/** Adds and removes an authenticator app. */
export function totpRoutes(services: Used) {
  const { login, guards, accounts, totp, recoveryCodes, throttle, activity, mail, config } =
    services;
  const routes = new Hono();

  routes.get(path, guards.enrolling.fresh, (c) => page(c, c.var.user, {}));

  routes.post(
    path,
    guards.enrolling.fresh,
    form({ code: totpField }, (c, problems) => page(c, c.var.user, { problems }, 422)),
    async (c) => {
      const { user } = c.var;
      if (user.factors.includes("otp")) return afterEnrolment(c);
      const { code } = c.req.valid("form");
      const attempt = await throttle.attemptFactor(c, "totp", user, () => enrol(c, user, code));
      if (!attempt.evaluated) return tooManyRequests(c, attempt);
      if (!attempt.outcome.ok) {
        return await page(c, user, { problems: { code: attempt.outcome.problem } }, 422);
      }
      if (!attempt.outcome.isRepeated) c.var.log("authn_token_created", { reason: "totp" });
      // This login proved the app too: its pages ask for no code that it just used up.
      await login.reauthenticate(c, ["otp"]);
      await login.flash(c, "totp_added");
      return afterEnrolment(c);
    },
  );

  routes.post(`${path}/remove`, guards.enrolling.fresh, async (c) => {
    const removed = await remove(c, c.var.user);
    if (removed) {
      c.var.log("authn_token_revoked", { reason: "totp" });
      await login.flash(c, "totp_removed");
    }
    return c.redirect(path, 303);
  });

  /** The first factor brings recovery codes along, in the same commit. */
  async function enrol(c: Context, user: User, code: string): Promise<EnrolOutcome> {
    const result = await totp.enrol(user, code, async (operation, changed) => {
      if (changed.factors.length === 1) recoveryCodes.replace(operation, changed.id);
      await activity.join(operation, c, user.id, "totp_added");
      if (mail) addWrites(operation, mail.mails.secondFactorAdded(c, changed, nameOf));
    });
    if (result.ok) return { ...result, isRepeated: false };
    if (result.reason === "enrolled") return { ok: true, user, isRepeated: true };
    return { ok: false, problem: result.reason === "ended" ? "totp_key_ended" : "totp_wrong" };
  }

  /** With the last factor its recovery codes end. This session lives on; every other one ends. */
  async function remove(c: Context, user: User): Promise<boolean> {
    const renewed = await login.renew(c, [], (sessionChange) =>
      accounts.changeFactors(
        user.id,
        (current) => withoutTotp(current),
        async (operation, changed) => {
          totp.remove(operation, changed.id);
          if (changed.factors.length === 0) recoveryCodes.removeAll(operation, changed.id);
          addToCommit(operation, await sessionChange(changed, worthlessProofs(changed)));
          await activity.join(operation, c, user.id, "totp_removed");
          if (mail) addWrites(operation, mail.mails.secondFactorRemoved(c, changed, nameOf));
          return true;
        },
      ));
    if (renewed.ok) throttle.setDeviceCookie(c, renewed.user);
    return renewed.ok;
  }

  async function page(
    c: Context,
    user: User,
    props: Pick<EnrolTotpPageProps, "problems">,
    status?: 422,
  ) {
    const { text, features } = c.var;
    const key = user.factors.includes("otp") ? null : await totp.begin(user);
    if (key === null) return await enrolledPage(c, user);
    const uri = otpauthUri({ key, account: user.email, issuer: text.siteName });
    const offersPasskey = user.factors.length === 0;
    const isRequired = mustHaveFactor(user, config.requireSecondFactor) && offersPasskey;
    const groups = inGroupsOfFour(key, " ");
    const given = { text, features, uri, isRequired, offersPasskey, key: groups };
    return c.render(<EnrolTotpPage {...given} {...props} />, { title: text.totp.title, status });
  }

  async function enrolledPage(c: Context, user: User) {
    const { text, features } = c.var;
    const [app, codesLeft] = await Promise.all([
      totp.find(user.id),
      recoveryCodes.count(user.id),
    ]);
    const given = { text, features, codesLeft, enrolledAt: app?.enrolledAt ?? null };
    const isDisabled = !app || app.disabledAt !== null;
    return c.render(<TotpPage {...given} isDisabled={isDisabled} />, { title: text.totp.title });
  }

  return routes;
}

/** Shows the recovery codes that came along, or how many are left. */
function afterEnrolment(c: Context): Response {
  return c.redirect("/account/recovery-codes", 303);
}

function nameOf(text: Text): string {
  return text.totp.title;
}

/** Null when no app is enrolled. Without it the other sessions end. */
function withoutTotp(user: User): User | null {
  if (!user.factors.includes("otp")) return null;
  const factors = user.factors.filter((it) => it !== "otp");
  return { ...user, factors, epoch: user.epoch + 1 };
}
