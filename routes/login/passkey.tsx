import { loginUrl } from "@latchkey/login";
import { type Context, Hono } from "hono";
import type { AuthenticatePasskeyResult } from "../../lib/credential/passkey_ceremonies.ts";
import { LoginPage, type LoginPageProps } from "../../views/login.tsx";
import { tooManyRequests } from "../middleware/errors.tsx";
import { form, text } from "../middleware/form.ts";
import { logCopiedPasskey } from "../middleware/log.ts";
import { NetworkLimit } from "../middleware/network_limit.ts";
import type { Services } from "../services.ts";

const fields = {
  credential: text.min(1, "missing"),
  remember: text.optional(),
  next: text.optional(),
};

/** A visitor has no session to bind a challenge to, and gets no cookie for it. */
const visitorLogin = { ceremony: "login", boundTo: null } as const;

/** For each network. The login page asks for options as soon as it is shown. */
const MAX_PER_MINUTE = 300;

type Used = Pick<
  Services,
  "login" | "accounts" | "passkeyCeremonies" | "throttle" | "completeLogin" | "lastProvider" | "now"
>;

/** Logs in without a password and without an address: the passkey says whose it is. */
export function loginPasskeyRoutes(services: Used) {
  const { login, accounts, passkeyCeremonies, throttle, completeLogin, lastProvider, now } =
    services;
  const routes = new Hono();
  const limit = new NetworkLimit(MAX_PER_MINUTE, now);

  // A refused answer is a page at this path, and people open it again.
  routes.get("/login/passkey", (c) => {
    return c.redirect(loginUrl("/login", c.req.query("next")));
  });

  // The same for everybody: nothing tells which accounts there are.
  routes.post("/login/passkey/options", limit.middleware, async (c) => {
    return c.json(await passkeyCeremonies.authenticationOptions(visitorLogin));
  });

  routes.post(
    "/login/passkey",
    form(fields, (c, _, typed) => page(c, { next: typed("next"), passkeyProblem: "refused" })),
    async (c) => {
      const { credential, remember, next } = c.req.valid("form");
      const claimed = passkeyCeremonies.readClaim(credential);
      const user = claimed && await accounts.find(claimed.userId);
      const attempt = await throttle.attemptPasskey(
        c,
        user,
        () => passkeyCeremonies.authenticate(user, credential, visitorLogin),
      );
      if (!attempt.evaluated) return tooManyRequests(c, attempt, loginUrl("/login", next));
      const { outcome, failures } = attempt;
      if (!outcome.ok) return await refuse(c, { ...outcome, next, claimed });
      const answer = await completeLogin(c, outcome.user, {
        methods: ["hwk"],
        remember: remember === "on",
        failures: Math.max(...failures),
        isKnownDevice: throttle.knowsDevice(c, outcome.user),
        newBrowserMail: { verdict: "free" },
        next,
      });
      return answer ?? await page(c, { next, passkeyProblem: "refused" });
    },
  );

  async function refuse(c: Context, { reason, owner, next, claimed }: RefusedLogin) {
    await login.reportFailure(c, `passkey_${reason}`, owner?.id);
    if (owner) logCopiedPasskey(c, reason, owner.id);
    return await page(c, {
      next,
      passkeyProblem: reason === "challenge" ? "too_late" : "refused",
      ...reason === "unknown" && claimed ? { unknownPasskey: claimed.credentialId } : {},
    });
  }

  function page(
    c: Context,
    props: Pick<LoginPageProps, "next" | "passkeyProblem" | "unknownPasskey">,
  ) {
    const { text, features } = c.var;
    const last = lastProvider.read(c) ?? null;
    return c.render(
      <LoginPage text={text} features={features} lastProvider={last} {...props} />,
      { title: text.login.title, status: 422 },
    );
  }

  return routes;
}

interface RefusedLogin extends Extract<AuthenticatePasskeyResult, { ok: false }> {
  readonly next: string | undefined;
  readonly claimed: { readonly credentialId: string } | null;
}
