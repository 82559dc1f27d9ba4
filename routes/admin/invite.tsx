import { type Context, Hono } from "hono";
import type { User } from "../../lib/account/user.ts";
import { AdminInvitePage } from "../../views/admin/invite.tsx";
import type { Services } from "../services.ts";
import { deadLink } from "../middleware/dead_link.tsx";

type Used = Pick<
  Services,
  "login" | "guards" | "adminInvites" | "administration" | "events" | "adminLink" | "config"
>;

const path = "/admin/invite";

/** Makes the person with a link of `deno task admin:invite` an administrator. */
export function adminInviteRoutes(services: Used) {
  const { login, guards, adminInvites, administration, events, adminLink, config } = services;
  const routes = new Hono();

  routes.get(path, guards.required, async (c) => {
    const invite = await adminInvites.find(adminLink.read(c));
    if (!invite) return await deadLink(c, null);
    const { text, user } = c.var;
    const isTheirs = mayUse(user, invite.email);
    return c.render(
      <AdminInvitePage text={text} email={invite.email} isTheirs={isTheirs} />,
      { title: text.admin.invite.title },
    );
  });

  routes.post(path, guards.fresh, async (c) => {
    const { user } = c.var;
    const token = adminLink.read(c);
    const invite = await adminInvites.find(token);
    if (!invite || !mayUse(user, invite.email)) return await deadLink(c, null);
    const accepted = await accept(user, token);
    if (!accepted.ok) {
      if (accepted.reason !== "no_change") return await deadLink(c, null);
      // Of use again, once somebody ends their role.
      await adminInvites.remove(invite);
    }
    adminLink.forget(c);
    c.var.log("authz_change", { action: "invite", target: user.id });
    await login.flash(c, "now_admin");
    return c.redirect("/admin/users", 303);
  });

  routes.get(`${path}/:token`, (c: Context) => adminLink.open(c, path));

  /** The commit uses the link up. */
  function accept(user: User, token: string | undefined) {
    const roles = [...new Set([...user.roles, "admin"])];
    return administration.setRoles("command", user.id, roles, () =>
      events.records(user.id, {
        kind: "role_changed",
        facts: { roles: roles.join(" ") },
        by: "command",
      }), async (operation) => {
      const invite = await adminInvites.find(token);
      if (invite) operation.check(invite.entry).delete(invite.entry.key);
      return invite !== null;
    });
  }

  /** With mail, only a link that was mailed there proves whose an address is. */
  function mayUse({ email, emailVerified }: User, invited: string): boolean {
    return email === invited && (emailVerified || config.mail === null);
  }

  return routes;
}
