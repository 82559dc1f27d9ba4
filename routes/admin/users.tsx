import { type Context, Hono } from "hono";
import { z } from "zod";
import { can, type Permission, roleNames } from "../../lib/account/role.ts";
import { isPending, type User } from "../../lib/account/user.ts";
import { readDevice } from "../../lib/http/user_agent.ts";
import { linkedLabel } from "../../lib/oidc/linked_provider.ts";
import type { ActWord } from "../../views/admin/acts.tsx";
import { type ShownUser, UserPage } from "../../views/admin/user.tsx";
import { UsersPage } from "../../views/admin/users.tsx";
import { withQuery } from "../events_query.ts";
import type { Services } from "../services.ts";

const USERS_PER_PAGE = 25;
const EVENTS_PER_PAGE = 20;

/** Bounded before anything is read: an address has at most 254 characters, a ULID has 26. */
const query = z.object({
  q: z.string().trim().max(254).catch(""),
  after: z.string().max(64).optional().catch(undefined),
});

type Used = Pick<
  Services,
  | "login"
  | "guards"
  | "accounts"
  | "userDirectory"
  | "events"
  | "totp"
  | "passkeys"
  | "recoveryCodes"
  | "identities"
  | "config"
  | "now"
>;

/** Lets administrators find users, and see what is known about one of them. */
export function adminUsersRoutes(services: Used) {
  const { login, guards, accounts, userDirectory, events, now, config } = services;
  const { totp, passkeys, recoveryCodes, identities } = services;
  const routes = new Hono();

  routes.get("/admin/users", guards.admin("users.read"), async (c) => {
    const { q, after } = query.parse(c.req.query());
    const page = q === ""
      ? await userDirectory.newest(USERS_PER_PAGE, after)
      : await userDirectory.search(q, USERS_PER_PAGE, after);
    const next = page.after === null ? null : withQuery("/admin/users", { q, after: page.after });
    const { text } = c.var;
    return c.render(
      <UsersPage
        text={text}
        now={now()}
        query={q}
        users={page.users}
        nextPath={next}
        hasEvents={can(c.var.user, "events.read")}
      />,
      { title: text.admin.users.title },
    );
  });

  routes.get("/admin/users/:id", guards.admin("users.read"), async (c) => {
    const user = await accounts.find(c.req.param("id").slice(0, 64));
    if (!user) return c.notFound();
    c.var.log("authz_admin", { action: "read", target: user.id });
    const shown = await show(c, user, query.parse(c.req.query()).after);
    const { text } = c.var;
    const acts = isPending(user) ? [] : actsOf(c.var.user, user, config.mail !== null);
    return c.render(
      <UserPage text={text} now={now()} shown={shown} acts={acts} roles={roleNames} />,
      { title: text.admin.user.title },
    );
  });

  async function show(c: Context, user: User, after: string | undefined): Promise<ShownUser> {
    const mayReadEvents = can(c.var.user as User, "events.read");
    const [hasPassword, app, keys, left, linked, sessions, page] = await Promise.all([
      accounts.hasPassword(user.id),
      totp.find(user.id),
      passkeys.list(user.id),
      recoveryCodes.count(user.id),
      identities.list(user.id),
      login.sessions(user),
      mayReadEvents ? events.list(user.id, { after, limit: EVENTS_PER_PAGE }) : null,
    ]);
    const older = page?.after ?? null;
    return {
      user,
      hasPassword,
      appSince: app?.enrolledAt ?? null,
      passkeys: keys,
      recoveryCodes: left,
      identities: linked.map((it) => linkedLabel(it, config.providers)),
      sessions: sessions.map(({ userAgent, network, seenAt }) => ({
        device: readDevice(userAgent),
        network,
        seenAt,
      })),
      events: page?.events ?? null,
      olderPath: older && `${withQuery(`/admin/users/${user.id}`, { after: older })}#activity`,
    };
  }

  return routes;
}

/** What an administrator may do to a user, as the account is now. */
function actsOf(actor: User, user: User, hasMail: boolean): ActWord[] {
  const isOther = actor.id !== user.id;
  const acts: [ActWord, Permission, boolean][] = [
    ["suspend", "users.suspend", isOther && user.active],
    ["reactivate", "users.suspend", !user.active],
    ["end-sessions", "users.end_sessions", true],
    ["reset-password", "users.reset_password", hasMail && user.active],
    ["view-as", "users.view_as", isOther && user.roles.length === 0],
    ["role", "users.roles", true],
    ["delete", "users.delete", isOther],
  ];
  return acts.filter(([, permission, fits]) => fits && can(actor, permission))
    .map(([act]) => act);
}
