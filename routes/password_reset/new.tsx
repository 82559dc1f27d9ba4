import { type Context, Hono, type Next } from "hono";
import type { FoundToken } from "../../lib/account/email_token.ts";
import { keepsFactors } from "../../lib/account/password_resets.ts";
import type { User } from "../../lib/account/user.ts";
import type { ChallengeUse } from "../../lib/credential/challenge.ts";
import { readFactorCode } from "../../lib/credential/factor_code.ts";
import { addWrites } from "../../lib/kv/write.ts";
import { linkedLabel } from "../../lib/oidc/linked_provider.ts";
import type { Problems } from "../../views/form.tsx";
import { NewPasswordPage, type NewPasswordPageProps } from "../../views/password_reset.tsx";
import type { Text } from "../../views/text/en.ts";
import type { FactorProofResult, WaitingAttempt } from "../factor_proof.ts";
import { deadLink } from "../middleware/dead_link.tsx";
import { tooManyRequests } from "../middleware/errors.tsx";
import { form, linkEmailField, passwordField, text, type Typed } from "../middleware/form.ts";
import { isFormOf } from "../middleware/mailed_link.ts";
import type { MailServices, Services } from "../services.ts";

const path = "/password-reset/new";
/** Where another link can be asked for. */
const askPath = "/password-reset";

/** A link that works, and the account that it is for. */
interface Link {
  readonly found: FoundToken;
  readonly user: User;
  /** Whether a second factor is asked for: mail alone is no way round it (ASVS 6.4.3). */
  readonly needsFactor: boolean;
}

/** What the guard of the page found. */
type WithLink = { Variables: { resetLink: Link } };

const factorFields = { code: text.optional(), credential: text.optional() };
const fields = { email: linkEmailField, password: passwordField, ...factorFields };

/** A code, or a passkey's answer, which counts if there is one. */
interface TypedFactor {
  readonly code?: string | undefined;
  readonly credential?: string | undefined;
}

type FieldProblems = Problems<"password" | "code">;

type ResetResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly problems: FieldProblems }
  | { readonly ok: false; readonly waits: WaitingAttempt }
  | { readonly ok: false; readonly reason: "dead_link" | "passkey_refused" };

type Used = Pick<
  Services & MailServices,
  | "login"
  | "activity"
  | "accounts"
  | "passwordResets"
  | "emailTokens"
  | "policy"
  | "throttle"
  | "factorProof"
  | "identities"
  | "ownedRecords"
  | "passkeyCeremonies"
  | "config"
  | "mails"
  | "mailedLink"
>;

/** Replaces a forgotten password by a mailed link. It logs nobody in. */
export function newPasswordRoutes(services: Used) {
  const { login, accounts, passwordResets, emailTokens, policy, throttle, activity, mails } =
    services;
  const { identities, ownedRecords, passkeyCeremonies, factorProof, mailedLink, config } = services;
  const routes = new Hono();

  routes.get(path, requireLink, (c) => page(c, {}));

  routes.post(`${path}/options`, requireLink, async (c) => {
    const { found, user } = c.var.resetLink;
    return c.json(await passkeyCeremonies.authenticationOptions(challengeUse(found), user));
  });

  routes.post(path, requireLink, form(fields, refuse, validate), async (c) => {
    const { email, password, ...factor } = c.req.valid("form");
    const { found, user } = c.var.resetLink;
    if (!isFormOf(found, email)) return deadLink(c, askPath);
    if (await isKnownToOthers(c, user, password)) {
      return page(c, { problems: { password: "password_unchanged" } }, 422);
    }
    const reset = await throttle.withSlot(c, () => resetPassword(c, password, factor));
    if (!reset.ok) {
      if ("waits" in reset) return tooManyRequests(c, reset.waits);
      if ("problems" in reset) return page(c, { problems: reset.problems }, 422);
      if (reset.reason === "dead_link") return deadLink(c, askPath);
      return page(c, { isPasskeyRefused: true }, 422);
    }

    mailedLink.forget(c);
    await login.flash(c, "password_reset");
    return c.redirect("/login", 303);
  });

  routes.get("/password-reset/:token", (c) => mailedLink.open(c, path));

  /** In front of the form: without a link nothing else costs anything. */
  async function requireLink(c: Context<WithLink>, next: Next) {
    const found = await findLink(mailedLink.read(c));
    const user = found && await accounts.find(found.userId);
    if (!found || user?.email !== found.record.email) return deadLink(c, askPath);
    const needsFactor = user.factors.length > 0 && keepsFactors(found, user);
    c.set("resetLink", { found, user, needsFactor });
    return await next();
  }

  async function findLink(token: string | undefined): Promise<FoundToken | null> {
    return await emailTokens.find("reset_password", token) ??
      await emailTokens.find("recover_account", token);
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

  /** The factor is tried last: a code is used up, and must not be lost to a refused password. */
  async function resetPassword(
    c: Context<WithLink>,
    password: string,
    factor: TypedFactor,
  ): Promise<ResetResult> {
    if (await policy.isBreached(password)) {
      return { ok: false, problems: { password: "password_common" } };
    }
    const refused = await proveFactor(c, factor);
    if (refused) return refused;
    const { found, user } = c.var.resetLink;
    const event = await activity.record(c, user.id, "password_reset");
    const changed = keepsFactors(found, user)
      ? await passwordResets.reset(found, password, (it) => [
        ...event,
        ...mails.passwordChanged(c, it),
      ])
      : await resetWithPasswordAlone(c, password);
    if (!changed) return { ok: false, reason: "dead_link" };
    // A browser that the user logged in with before is no news to them.
    if (throttle.knowsDevice(c, user)) throttle.setDeviceCookie(c, changed);
    c.var.log("authn_password_change", { userId: changed.id });
    return { ok: true };
  }

  /** Removes every second factor and identity in the commit that sets the password. */
  async function resetWithPasswordAlone(
    c: Context<WithLink>,
    password: string,
  ): Promise<User | null> {
    const { found, user } = c.var.resetLink;
    const linked = user.identities.length > 0 ? await identities.list(user.id) : [];
    const labels = linked.map((it) => linkedLabel(it, config.providers));
    const hasFactor = user.factors.length > 0;
    const changed = await passwordResets.resetWithPasswordAlone(
      found,
      password,
      async (operation, changed) => {
        await ownedRecords.removeCredentials(operation, changed.id);
        await activity.join(operation, c, changed.id, "password_reset");
        addWrites(operation, mails.passwordChanged(c, changed));
        const names = factorNames(user);
        if (hasFactor) addWrites(operation, mails.secondFactorRemoved(c, changed, names));
        for (const it of labels) addWrites(operation, mails.identityUnlinked(c, changed, it));
      },
    );
    if (!changed || (!hasFactor && labels.length === 0)) return changed;
    const reason = user.emailVerified ? "recovered" : "email_unverified";
    c.var.log("authn_token_revoked", { userId: changed.id, reason });
    return changed;
  }

  /** Null when a factor was proved, or none is asked for. */
  async function proveFactor(
    c: Context<WithLink>,
    { code: typed = "", credential }: TypedFactor,
  ): Promise<ResetResult | null> {
    const { found, user, needsFactor } = c.var.resetLink;
    if (!needsFactor) return null;
    if (credential) {
      const use = challengeUse(found);
      const proof = await factorProof.tryPasskey(c, user, { credential, use });
      return refusalOf(proof, { ok: false, reason: "passkey_refused" });
    }
    const code = readFactorCode(typed);
    if (!code.ok) return { ok: false, problems: { code: code.reason } };
    const proof = await factorProof.tryCode(c, user, code);
    const isUnreadable = !proof.ok && proof.reason === "totp_unreadable";
    const problem = isUnreadable ? "totp_unreadable" : "code_wrong";
    return refusalOf(proof, { ok: false, problems: { code: problem } });
  }

  async function validate(typed: Typed, c: Context<WithLink>): Promise<FieldProblems> {
    const { user, needsFactor } = c.var.resetLink;
    const problem = await policy.check(typed("password") ?? "", user);
    const needsCode = needsFactor && !typed("credential");
    const code = needsCode ? readFactorCode(typed("code") ?? "") : null;
    return {
      ...problem ? { password: problem } : {},
      ...code && !code.ok ? { code: code.reason } : {},
    };
  }

  async function refuse(
    c: Context<WithLink>,
    problems: Problems<keyof typeof fields>,
    typed: Typed,
  ) {
    const password = typed("password");
    const { found, user } = c.var.resetLink;
    if (!isFormOf(found, typed("email"))) return deadLink(c, askPath);
    const assessment = password ? await policy.assess(password, user) : undefined;
    return page(c, { problems, assessment }, 422);
  }

  function page(
    c: Context<WithLink>,
    props: Pick<NewPasswordPageProps, "problems" | "assessment" | "isPasskeyRefused">,
    status?: 422,
  ) {
    const { text, resetLink: { user: { email, factors }, needsFactor } } = c.var;
    const given = { text, email, minLength: policy.minLength };
    return c.render(
      <NewPasswordPage {...given} factors={needsFactor ? factors : []} {...props} />,
      { title: text.passwordReset.newTitle, status },
    );
  }

  return routes;
}

/** What the factors of a user are called in a language. */
function factorNames({ factors }: User): (text: Text) => string {
  return (text) => factors.map((it) => text.account.protection.factors[it]).join(", ");
}

/** Null when the factor was proved. */
function refusalOf(proof: FactorProofResult, refused: ResetResult): ResetResult | null {
  if (proof.ok) return null;
  return proof.waits ? { ok: false, waits: proof.waits } : refused;
}

/** An answer counts for the link that asked, and for no other. */
function challengeUse({ record }: FoundToken): ChallengeUse {
  return { ceremony: "password_reset", boundTo: record.digest };
}
