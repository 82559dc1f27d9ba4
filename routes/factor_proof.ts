import type { Context } from "hono";
import type { User } from "../lib/account/user.ts";
import type { ChallengeUse } from "../lib/credential/challenge.ts";
import type { CodeKind } from "../lib/credential/factor_code.ts";
import { MAX_ATTEMPTS, waitAfter } from "../lib/throttle/backoff.ts";
import type { AttemptResult, Outcome } from "../lib/throttle/login_throttle.ts";
import { SECOND } from "../lib/time.ts";
import type { FactorLimit } from "../lib/throttle/rate_limit.ts";
import { logCopiedPasskey } from "./middleware/log.ts";
import type { Services } from "./services.ts";

/** An attempt that has to wait. */
export type WaitingAttempt = Extract<AttemptResult<Outcome>, { evaluated: false }>;

/** `totp_unreadable`: no configured secret key opens the app's key. */
type Refusal = "wrong" | "totp_unreadable";

type CodeOutcome =
  | { readonly ok: true; readonly user: User }
  | { readonly ok: false; readonly reason: Refusal };

/** A code, and what it is from. */
interface TypedCode {
  readonly kind: CodeKind;
  readonly code: string;
}

export type FactorProofResult =
  /** `failures`: those in a row before it. */
  | { readonly ok: true; readonly method: "otp" | "rc" | "hwk"; readonly failures: number }
  /** `waits` says how long the next try has to wait, if it does. */
  | { readonly ok: false; readonly reason: Refusal; readonly waits: WaitingAttempt | null }
  | { readonly ok: false; readonly reason: "waiting"; readonly waits: WaitingAttempt };

type Used = Pick<
  Services,
  "login" | "throttle" | "totp" | "recoveryCodes" | "passkeyCeremonies" | "activity" | "mail"
>;

const methods = { totp: "otp", recovery_code: "rc" } as const;

/** Proves a second factor wherever one is asked for: with the same limits, mails and lines. */
export class FactorProof {
  readonly #services: Used;

  constructor(services: Used) {
    this.#services = services;
  }

  /** Tries a code, unless its factor has to wait. A right one is used up. */
  async tryCode(c: Context, user: User, typed: TypedCode): Promise<FactorProofResult> {
    const { kind } = typed;
    const attempt = await this.#services.throttle.attemptFactor(
      c,
      kind,
      user,
      () => this.#checkCode(c, user, typed),
    );
    if (!attempt.evaluated) return { ok: false, reason: "waiting", waits: attempt };

    const [failures = 0] = attempt.failures;
    if (attempt.outcome.ok) return { ok: true, method: methods[kind], failures };
    const { reason } = attempt.outcome;
    const word = reason === "wrong" ? `${kind}_wrong` : reason;
    await this.#services.login.reportFailure(c, word, user.id);
    const isGuessed = reason === "wrong" && failures >= MAX_ATTEMPTS;
    if (kind === "totp" && isGuessed) await this.#disableTotp(c, user);
    return { ok: false, reason, waits: waitOf(kind, failures) };
  }

  /** Tries a passkey, unless this network has to wait. Its challenge is used up either way. */
  async tryPasskey(
    c: Context,
    user: User,
    { credential, use }: { readonly credential: string; readonly use: ChallengeUse },
  ): Promise<FactorProofResult> {
    const { throttle, passkeyCeremonies, login } = this.#services;
    const attempt = await throttle.attemptPasskey(
      c,
      user,
      () => passkeyCeremonies.authenticate(user, credential, use),
    );
    if (!attempt.evaluated) return { ok: false, reason: "waiting", waits: attempt };

    const { outcome, failures: [failures = 0] } = attempt;
    if (outcome.ok) return { ok: true, method: "hwk", failures };
    await login.reportFailure(c, `passkey_${outcome.reason}`, user.id);
    logCopiedPasskey(c, outcome.reason, user.id);
    return { ok: false, reason: "wrong", waits: null };
  }

  async #checkCode(c: Context, user: User, { kind, code }: TypedCode): Promise<CodeOutcome> {
    if (kind === "recovery_code") {
      const isRight = await this.#useRecoveryCode(c, user, code);
      return isRight ? { ok: true, user } : { ok: false, reason: "wrong" };
    }
    const result = await this.#services.totp.verify(user, code);
    if (result === "right") return { ok: true, user };
    return { ok: false, reason: result === "wrong" ? "wrong" : "totp_unreadable" };
  }

  /** The user is told by mail, and on the next page, how many codes are left. */
  async #useRecoveryCode(c: Context, user: User, code: string): Promise<boolean> {
    const { login, recoveryCodes, activity, mail } = this.#services;
    const event = await activity.record(c, user.id, "recovery_code_used");
    const used = await recoveryCodes.use(user, code, (left) => [
      ...event,
      ...mail ? mail.mails.recoveryCodeUsed(c, user, left) : [],
    ]);
    if (used) await login.flash(c, `recovery_code_used ${used.left}`);
    return used !== null;
  }

  /** The other factors go on working. */
  async #disableTotp(c: Context, user: User): Promise<void> {
    const { totp, activity, mail } = this.#services;
    const isDisabled = await totp.disable(user.id, [
      ...await activity.record(c, user.id, "totp_disabled"),
      ...mail ? mail.mails.totpDisabled(c, user) : [],
    ]);
    if (isDisabled) c.var.log("authn_token_revoked", { userId: user.id, reason: "totp_disabled" });
  }
}

/** How long the next try has to wait; null when it does not. */
function waitOf(limit: FactorLimit, failures: number): WaitingAttempt | null {
  const wait = waitAfter(failures);
  return wait > 0 ? { evaluated: false, limit, retryAfter: wait / SECOND } : null;
}
