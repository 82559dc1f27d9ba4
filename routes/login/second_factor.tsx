import type { AuthMethod } from "@latchkey/login";
import { type Context, Hono, type Next } from "hono";
import type { User } from "../../lib/account/user.ts";
import type { ChallengeUse } from "../../lib/credential/challenge.ts";
import { readFactorCode } from "../../lib/credential/factor_code.ts";
import type { FoundPendingLogin } from "../../lib/credential/pending_login.ts";
import { SecondFactorPage } from "../../views/login/second_factor.tsx";
import type { FactorProblem } from "../../views/factor_forms.tsx";
import type { FactorProofResult } from "../factor_proof.ts";
import { tooManyRequests } from "../middleware/errors.tsx";
import { form, text } from "../middleware/form.ts";
import type { Services } from "../services.ts";

const path = "/login/second-factor";

const fields = { code: text.optional(), credential: text.optional() };

/** A login that waits for its second factor, and whose it is. */
interface Waiting {
  readonly found: FoundPendingLogin;
  readonly user: User;
}

declare module "hono" {
  interface ContextVariableMap {
    /** The login that the guard of its page found. */
    waitingLogin: Waiting;
  }
}

type Used = Pick<
  Services,
  | "login"
  | "accounts"
  | "pendingLogins"
  | "pendingCookie"
  | "factorProof"
  | "passkeyCeremonies"
  | "completeLogin"
  | "mail"
>;

/** Asks for the second factor of a login. Only a right one begins a session. */
export function secondFactorRoutes(services: Used) {
  const { login, accounts, pendingLogins, pendingCookie, factorProof, passkeyCeremonies, mail } =
    services;
  const routes = new Hono();

  routes.get(path, requirePending, (c) => page(c, {}));

  routes.post(`${path}/options`, requirePending, async (c) => {
    const { found, user } = c.var.waitingLogin;
    return c.json(await passkeyCeremonies.authenticationOptions(challengeUse(found), user));
  });

  routes.post(
    path,
    requirePending,
    form(fields, (c) => page(c, { problem: { kind: null, word: "once" } })),
    async (c) => {
      const { user } = c.var.waitingLogin;
      const { credential, code: typed = "" } = c.req.valid("form");
      if (credential !== undefined) return await provePasskey(c, credential);
      const code = readFactorCode(typed);
      if (!code.ok) return page(c, { problem: { kind: code.kind, word: code.reason } });
      const proof = await factorProof.tryCode(c, user, code);
      return proof.ok ? await complete(c, proof) : await refuse(c, proof, code.kind);
    },
  );

  async function provePasskey(c: Context, credential: string): Promise<Response> {
    const { found, user } = c.var.waitingLogin;
    const use = challengeUse(found);
    const proof = await factorProof.tryPasskey(c, user, { credential, use });
    return proof.ok ? await complete(c, proof) : await refuse(c, proof, "passkey");
  }

  /** In front of the form: without a pending login there is nothing to prove here. */
  async function requirePending(c: Context, next: Next) {
    const found = await pendingLogins.find(pendingCookie.read(c));
    const user = found && await accounts.find(found.record.userId);
    // A new password raises the epoch: the one that was proved may be the old one.
    const mayProve = user?.active || user?.suspension; // who is suspended reads why after the proof
    if (!found || !mayProve || user.epoch !== found.record.epoch) return await startAgain(c);
    c.set("waitingLogin", { found, user });
    return await next();
  }

  async function complete(c: Context, proof: Extract<FactorProofResult, { ok: true }>) {
    const { found, user } = c.var.waitingLogin;
    if (!await pendingLogins.end(found)) return await startAgain(c);
    const { methods, issuer, remember, next, isKnownDevice } = found.record;
    const answer = await services.completeLogin(c, user, {
      methods: [...methods as AuthMethod[], proof.method],
      ...issuer === null ? {} : { issuer },
      freshness: "fresh",
      remember,
      failures: Math.max(found.record.failures, proof.failures),
      isKnownDevice,
      newBrowserMail: { verdict: "free" },
      next: next ?? undefined,
    });
    return answer ?? await startAgain(c);
  }

  /** The owner is told once of a wrong factor: somebody knows their password, or opens their mail. */
  async function refuse(
    c: Context,
    { reason, waits }: Extract<FactorProofResult, { ok: false }>,
    kind: FactorProblem["kind"],
  ) {
    if (reason === "waiting") return await tooManyRequests(c, waits, path);
    const { found, user } = c.var.waitingLogin;
    if (mail && reason === "wrong") {
      await pendingLogins.noteTold(found, mail.mails.secondFactorFailed(c, user));
    }
    if (!waits) return await page(c, { problem: { kind, word: reason } });
    await pendingLogins.end(found);
    pendingCookie.delete(c);
    return await tooManyRequests(c, waits, "/login");
  }

  async function startAgain(c: Context): Promise<Response> {
    if (pendingCookie.read(c) !== undefined) {
      pendingCookie.delete(c);
      await login.flash(c, "second_factor_ended");
    }
    return c.redirect("/login", c.req.method === "POST" ? 303 : 302);
  }

  return routes;
}

/** An answer counts for the login that asked, and for no other. */
function challengeUse({ entry }: FoundPendingLogin): ChallengeUse {
  return { ceremony: "second_factor", boundTo: String(entry.key.at(-1)) };
}

function page(c: Context, { problem }: { problem?: FactorProblem }) {
  const { text, waitingLogin: { user } } = c.var;
  return c.render(
    <SecondFactorPage text={text} factors={user.factors} {...problem ? { problem } : {}} />,
    { title: text.secondFactor.title, status: problem && 422 },
  );
}
