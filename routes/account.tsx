import { type Context, Hono } from "hono";
import { openSteps, type Protection } from "../lib/account/protection.ts";
import type { User } from "../lib/account/user.ts";
import { readDevice } from "../lib/http/user_agent.ts";
import { linkedLabel } from "../lib/oidc/linked_provider.ts";
import { AccountPage } from "../views/account.tsx";
import type { Services } from "./services.ts";

/** The overview of an account: how well it is protected, and where to change what. */
export function accountRoutes(
  { login, guards, accounts, totp, recoveryCodes, identities, now, config }: Pick<
    Services,
    | "login"
    | "guards"
    | "accounts"
    | "totp"
    | "recoveryCodes"
    | "identities"
    | "now"
    | "config"
  >,
) {
  const routes = new Hono();

  routes.get("/account", guards.required, async (c) => {
    const { text, features, user, session: current } = c.var;
    const [protection, sessions] = await Promise.all([
      protectionOf(c, user),
      login.sessions(user),
    ]);
    const newest = sessions.toSorted((a, b) => Number(b.createdAt) - Number(a.createdAt))[0];
    const lastLogin = newest && {
      ...newest,
      device: readDevice(newest.userAgent),
      isCurrent: newest.id === current?.id,
    };
    return c.render(
      <AccountPage
        text={text}
        features={features}
        now={now()}
        protection={protection}
        steps={openSteps(protection)}
        browsers={sessions.length}
        lastLogin={lastLogin ?? null}
      />,
      { title: text.account.title },
    );
  });

  async function protectionOf(c: Context, user: User): Promise<Protection> {
    const hasApp = user.factors.includes("otp");
    const [hasPassword, linked, left, app] = await Promise.all([
      accounts.hasPassword(user.id),
      user.identities.length > 0 ? identities.list(user.id) : [],
      user.factors.length > 0 ? recoveryCodes.count(user.id) : 0,
      hasApp ? totp.find(user.id) : null,
    ]);
    return {
      emailVerified: c.var.features.mail ? user.emailVerified : null,
      hasPassword,
      identities: linked.map((it) => linkedLabel(it, config.providers)),
      factors: user.factors,
      isAppBroken: hasApp && !(app && app.disabledAt === null),
      recoveryCodes: left,
    };
  }

  return routes;
}
