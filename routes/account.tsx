import type { Session } from "@latchkey/login";
import { type Context, Hono } from "hono";
import type { AccountEvent } from "../lib/account/event.ts";
import { openSteps, type Protection } from "../lib/account/protection.ts";
import type { User } from "../lib/account/user.ts";
import { readDevice } from "../lib/http/user_agent.ts";
import { linkedLabel } from "../lib/oidc/linked_provider.ts";
import { MINUTE } from "../lib/time.ts";
import { AccountPage } from "../views/account.tsx";
import type { Services } from "./services.ts";

/** The overview of an account: how well it is protected, and where to change what. */
export function accountRoutes(
  { login, guards, accounts, totp, recoveryCodes, identities, events, now, config }: Pick<
    Services,
    | "login"
    | "guards"
    | "accounts"
    | "totp"
    | "recoveryCodes"
    | "identities"
    | "events"
    | "now"
    | "config"
  >,
) {
  const routes = new Hono();

  routes.get("/account", guards.required, async (c) => {
    const { text, features, user, session: current } = c.var;
    const [protection, sessions, recent] = await Promise.all([
      protectionOf(c, user),
      login.sessions(user),
      events.list(user.id, { limit: RECENT_EVENTS }),
    ]);
    const previous = recent.events.find((it) => {
      return it.kind === "logged_in" && !isLoginOf(current, it);
    }) ?? null;
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
        previousLogin={previous}
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

/** Among these the login before this one is looked for: the page of all events has the rest. */
const RECENT_EVENTS = 20;

/** How long before its session the event of a login may have been made. */
const sameLogin = MINUTE;

/** Whether an event is the login that started this session. */
function isLoginOf(session: Session | null, { at }: AccountEvent): boolean {
  const age = session ? session.createdAt.getTime() - at.getTime() : Infinity;
  return age >= 0 && age < sameLogin;
}
