import type { Context } from "hono";
import type { ActRefusal, ActWrites } from "../lib/account/administration.ts";
import type { EventKind } from "../lib/account/event.ts";
import type { Permission, Role } from "../lib/account/role.ts";
import type { User } from "../lib/account/user.ts";
import type { ActWord } from "../views/admin/acts.tsx";
import type { AdministeredAct } from "../views/mail/administered.tsx";
import type { FlashWord } from "../views/text/en.ts";
import type { Services } from "./services.ts";

export type PerformResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: ActRefusal | "suspended" | "has_role" };

/** What a form asks for, once the person who sent it confirmed it. */
export interface ActRequest {
  readonly c: Context;
  readonly actor: User;
  readonly user: User;
  readonly reason: string;
  readonly roles: readonly Role[];
}

export interface AccountAct {
  readonly word: ActWord;
  readonly permission: Permission;
  /** What the next page says. */
  readonly done?: FlashWord;
  /** The next page; by default that of the user. */
  readonly next?: string;
  /** Whether administrators cannot do it to themselves. */
  readonly isForOthers?: true;
  readonly perform: (request: ActRequest) => Promise<PerformResult>;
}

type Used = Pick<Services, "administration" | "accountDeletion" | "activity" | "viewAs" | "mail">;

/** All that administrators can do to accounts. */
export function accountActs(services: Used): readonly AccountAct[] {
  const { administration, accountDeletion, activity, viewAs, mail } = services;

  return [
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
        perform: async (it: ActRequest): Promise<PerformResult> => {
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

  /** The event of an act and the mail about it. */
  function writes(request: ActRequest, act: AdministeredAct & EventKind): ActWrites {
    const { c, reason } = request;
    return async (changed) => [
      ...await record(request, act),
      ...mail ? mail.mails.administered(c, changed, act, reason) : [],
    ];
  }

  function record({ c, actor, user, reason, roles }: ActRequest, kind: EventKind) {
    const facts = { reason, ...kind === "role_changed" ? { roles: roles.join(" ") } : {} };
    return activity.record(c, user.id, kind, { facts, by: actor.id });
  }
}
