import { type LoggedIn, loginUrl } from "@latchkey/login";
import { type Context, Hono } from "hono";
import type { User } from "../lib/account/user.ts";
import type { ChallengeUse } from "../lib/credential/challenge.ts";
import { readFactorCode } from "../lib/credential/factor_code.ts";
import type { Problems } from "../views/form.tsx";
import { ReauthenticatePage, type ReauthenticatePageProps } from "../views/reauthenticate.tsx";
import { finishProof } from "./finish_proof.ts";
import { tooManyRequests } from "./middleware/errors.tsx";
import { form, text, type Typed, usernameField } from "./middleware/form.ts";
import type { Services } from "./services.ts";

const fields = {
  email: usernameField,
  password: text.optional(),
  code: text.optional(),
  credential: text.optional(),
  next: text.optional(),
};

/** A credential as it was typed, and where to go after it. */
interface Presented {
  readonly typed: string;
  readonly next: string | undefined;
}

type Used = Pick<
  Services,
  | "login"
  | "guards"
  | "accounts"
  | "throttle"
  | "factorProof"
  | "identityProof"
  | "passkeyCeremonies"
  | "heldRequests"
>;

/** Makes a login fresh. A user with a second factor proves that: a password is not enough. */
export function reauthenticateRoutes(services: Used) {
  const { login, guards, accounts, throttle, factorProof, identityProof, passkeyCeremonies } =
    services;
  const routes = new Hono();

  routes.get("/reauthenticate", guards.reauthenticating.required, (c) => {
    return page(c, { user: c.var.user, next: c.req.query("next") });
  });

  routes.post("/reauthenticate/options", guards.reauthenticating.required, async (c) => {
    const { user, session } = c.var;
    return c.json(await passkeyCeremonies.authenticationOptions(challengeUse(session), user));
  });

  routes.post(
    "/reauthenticate",
    guards.reauthenticating.requiredOrSuperseded,
    form(fields, (c, { password, code }, typed) => {
      const { user } = c.var;
      const problem = code && hasFactor(user) ? { kind: null, word: code } : undefined;
      const problems = password && !hasFactor(user) ? { password } : {};
      return page(c, { user, next: typed("next"), problem, problems }, 422);
    }, validate),
    async (c) => {
      const { user } = c.var;
      const { password = "", code = "", credential, next } = c.req.valid("form");
      if (credential !== undefined) return await provePasskey(c, c.var, { credential, next });
      return hasFactor(user)
        ? await proveFactor(c, user, { typed: code, next })
        : await provePassword(c, user, { typed: password, next });
    },
  );

  async function provePassword(c: Context, user: User, { typed, next }: Presented) {
    const attempt = await throttle.attemptByUser(
      c,
      user,
      () => accounts.verifyPassword(user, typed),
    );
    if (!attempt.evaluated) return tooManyRequests(c, attempt, loginUrl(c.req.path, next));
    if (attempt.outcome.ok) return await finishProof(c, ["pwd"], next, services);
    await login.reportFailure(c, "wrong", user.id);
    return page(c, { user, refused: true, next }, 422);
  }

  async function proveFactor(c: Context, user: User, { typed, next }: Presented) {
    const code = readFactorCode(typed);
    const { kind } = code;
    if (!code.ok) return page(c, { user, next, problem: { kind, word: code.reason } }, 422);
    const proof = await factorProof.tryCode(c, user, code);
    if (proof.ok) return await finishProof(c, [proof.method], next, services);
    if (proof.waits) return tooManyRequests(c, proof.waits, loginUrl(c.req.path, next));
    const word = proof.reason === "totp_unreadable" ? proof.reason : "wrong";
    return page(c, { user, next, problem: { kind, word } }, 422);
  }

  async function provePasskey(
    c: Context,
    { user, session }: LoggedIn<User>,
    { credential, next }: { readonly credential: string; readonly next: string | undefined },
  ) {
    const use = challengeUse(session);
    const proof = await factorProof.tryPasskey(c, user, { credential, use });
    if (proof.ok) return await finishProof(c, [proof.method], next, services);
    if (proof.waits) return tooManyRequests(c, proof.waits, loginUrl(c.req.path, next));
    return page(c, { user, next, problem: { kind: "passkey", word: "wrong" } }, 422);
  }

  async function page(c: Context, props: PageProps, status?: 422) {
    const { text, features } = c.var;
    const { user } = props;
    // The second factor takes the place of both.
    const [lacksPassword, providers] = hasFactor(user)
      ? [false, []]
      : await Promise.all([accounts.lacksPassword(user), identityProof.providersOf(user)]);
    const ways = { hasPassword: !lacksPassword, providers };
    return c.render(<ReauthenticatePage text={text} features={features} {...ways} {...props} />, {
      title: text.reauthenticate.title,
      status,
    });
  }

  return routes;
}

type PageProps =
  & { readonly user: User }
  & Omit<ReauthenticatePageProps, "text" | "features" | "hasPassword" | "providers" | "user">;

/** An answer counts for the session that asked, and for no other. */
function challengeUse(session: { readonly id: string } | null): ChallengeUse {
  return { ceremony: "reauthenticate", boundTo: session?.id ?? "no session" };
}

function hasFactor({ factors }: User): boolean {
  return factors.length > 0;
}

function validate(typed: Typed, c: Context): Promise<Problems<keyof typeof fields>> {
  if (typed("credential")) return Promise.resolve({});
  const name = hasFactor(c.var.user) ? "code" : "password";
  return Promise.resolve(typed(name) ? {} : { [name]: "missing" });
}
