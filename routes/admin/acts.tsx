import { type Context, Hono } from "hono";
import { z } from "zod";
import type { ActRefusal, ActWrites } from "../../lib/account/administration.ts";
import type { EventKind } from "../../lib/account/event.ts";
import { isRole, type Permission, type Role, roleNames } from "../../lib/account/role.ts";
import { isPending, type User } from "../../lib/account/user.ts";
import { ActPage, type ActProblem, type ActWord } from "../../views/admin/acts.tsx";
import type { AdministeredAct } from "../../views/mail/administered.tsx";
import type { FlashWord } from "../../views/text/en.ts";
import { refuse } from "../middleware/errors.tsx";
import { form, text } from "../middleware/form.ts";
import type { Services } from "../services.ts";

const fields = {
  reason: text.trim().min(1, "missing"),
  confirm: text.optional(),
  role: z.preprocess(
    (value) => value === undefined ? [] : [value].flat(),
    z.array(z.enum(roleNames as [Role, ...Role[]])).max(roleNames.length)
      .transform((roles) => [...new Set(roles)]),
  ),
};

type Used = Pick<
  Services,
  | "login"
  | "guards"
  | "accounts"
  | "administration"
  | "accountDeletion"
  | "activity"
  | "viewAs"
  | "mail"
>;

type PerformResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: ActRefusal | "suspended" | "has_role" };

/** What a form asks for, once the person who sent it confirmed it. */
interface Request {
  readonly c: Context;
  readonly actor: User;
  readonly user: User;
  readonly reason: string;
  readonly roles: readonly Role[];
}

interface Act {
  readonly word: ActWord;
  readonly permission: Permission;
  /** What the next page says. */
  readonly done?: FlashWord;
  /** The next page; by default that of the user. */
  readonly next?: string;
  /** Whether administrators cannot do it to themselves. */
  readonly isForOthers?: true;
  readonly perform: (request: Request) => Promise<PerformResult>;
}

/** What administrators do to accounts: a form asks for a reason, a page asks once more. */
export function adminActsRoutes(services: Used) {
  const { login, guards, accounts, administration, accountDeletion, activity } = services;
  const { viewAs, mail } = services;
  const routes = new Hono();

  const acts: readonly Act[] = [
    {
      word: "suspend",
      permission: "users.suspend",
      done: "user_suspended",
      isForOthers: true,
      perform: (it) =>
        administration.suspend(it.actor, it.user.id, it.reason, writes(it, "suspended")),
    },
    {
      word: "reactivate",
      permission: "users.suspend",
      done: "user_reactivated",
      perform: (it) => administration.reactivate(it.actor, it.user.id, writes(it, "reactivated")),
    },
    {
      word: "end-sessions",
      permission: "users.end_sessions",
      done: "user_sessions_ended",
      perform: (it) =>
        administration.endSessions(it.actor, it.user.id, writes(it, "sessions_ended")),
    },
    {
      word: "role",
      permission: "users.roles",
      done: "user_roles_changed",
      perform: (it) =>
        administration.setRoles(it.actor, it.user.id, it.roles, writes(it, "role_changed")),
    },
    {
      word: "delete",
      permission: "users.delete",
      done: "user_deleted",
      next: "/admin/users",
      isForOthers: true,
      perform: ({ c, actor, user, reason }) => accountDeletion.delete(c, user, { actor, reason }),
    },
    {
      word: "view-as",
      permission: "users.view_as",
      isForOthers: true,
      perform: async (it) => {
        if (!viewAs.allows(it.actor, it.user)) return { ok: false, reason: "has_role" };
        const { actor, user: { id } } = it;
        const noted = await administration.note(
          actor,
          id,
          "users.view_as",
          writes(it, "viewed_as"),
        );
        if (noted.ok) await viewAs.begin(it.c, it.user);
        return noted;
      },
      next: "/account",
    },
    ...mail
      ? [{
        word: "reset-password" as const,
        permission: "users.reset_password" as const,
        done: "user_reset_started" as const,
        perform: async (it: Request): Promise<PerformResult> => {
          const { c, actor, user: { id, active }, reason } = it;
          if (!active) return { ok: false, reason: "suspended" };
          return await administration.note(actor, id, "users.reset_password", async (user) => [
            ...await record(it, "reset_started"),
            ...mail.mails.resetPasswordFor(c, user, reason),
          ]);
        },
      }]
      : [],
  ];

  for (const act of acts) {
    routes.post(
      `/admin/users/:id/${act.word}`,
      guards.admin(act.permission),
      form(fields, async (c, problems, typed) => {
        const user = await find(c);
        if (!user) return refuse(c, "incomplete");
        const roles = (await c.req.formData()).getAll("role").map(String).filter(isRole);
        return page(c, act, user, { reason: typed("reason"), roles, problems, status: 422 });
      }),
      async (c) => {
        const user = await find(c);
        if (!user) return c.notFound();
        const { reason, confirm, role: roles } = c.req.valid("form");
        const actor = c.var.user;
        if (act.isForOthers && actor.id === user.id) {
          return page(c, act, user, { reason, roles, problem: "self", status: 422 });
        }
        if (confirm !== "yes") return page(c, act, user, { reason, roles });

        const result = await act.perform({ c, actor, user, reason, roles });
        if (!result.ok) {
          if (result.reason === "gone") return c.notFound();
          const isRefused = result.reason === "refused";
          if (isRefused) c.var.log("authz_fail", { reason: "role_ended" });
          const status = isRefused ? 403 : 422;
          return page(c, act, user, { reason, roles, problem: result.reason, status });
        }
        const target = user.id;
        c.var.log("authz_admin", { action: act.word, target });
        if (act.word === "role") c.var.log("authz_change", { action: act.word, target });
        if (act.done) await login.flash(c, act.done);
        return c.redirect(act.next ?? `/admin/users/${user.id}`, 303);
      },
    );
  }

  async function find(c: Context): Promise<User | null> {
    const user = await accounts.find(String(c.req.param("id")).slice(0, 64));
    return user && isPending(user) ? null : user;
  }

  /** The event of an act and the mail about it. */
  function writes(request: Request, act: AdministeredAct & EventKind): ActWrites {
    const { c, user, reason } = request;
    return async () => [
      ...await record(request, act),
      ...mail ? mail.mails.administered(c, user, act, reason) : [],
    ];
  }

  function record({ c, actor, user, reason, roles }: Request, kind: EventKind) {
    const facts = { reason, ...kind === "role_changed" ? { roles: roles.join(" ") } : {} };
    return activity.record(c, user.id, kind, { facts, by: actor.id });
  }

  return routes;
}

interface PageProps {
  readonly reason: string | undefined;
  readonly roles: readonly Role[];
  readonly problems?: Parameters<typeof ActPage>[0]["problems"];
  readonly problem?: ActProblem;
  readonly status?: 403 | 422;
}

function page(
  c: Context,
  { word }: Act,
  user: User,
  { reason, roles, problems = {}, problem, status }: PageProps,
) {
  const { text } = c.var;
  return c.render(
    <ActPage
      text={text}
      user={user}
      act={word}
      reason={reason}
      roles={roleNames}
      chosenRoles={roles}
      problems={problems}
      problem={problem}
    />,
    { title: text.admin.acts[word].title, status },
  );
}
