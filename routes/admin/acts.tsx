import { type Context, Hono } from "hono";
import { z } from "zod";
import { isRole, type Role, roleNames } from "../../lib/account/role.ts";
import { isPending, type User } from "../../lib/account/user.ts";
import { ActPage, type ActProblem } from "../../views/admin/acts.tsx";
import { type AccountAct, accountActs } from "../account_acts.ts";
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

/** What administrators do to accounts: a form asks for a reason, a page asks once more. */
export function adminActsRoutes(services: Used) {
  const { login, guards, accounts, accountDeletion } = services;
  const routes = new Hono();

  for (const act of accountActs(services)) {
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
        const { reason, confirm, role: roles } = c.req.valid("form");
        if (!user) {
          if (act.word === "delete" && confirm === "yes") await finishDeletion(c);
          return c.notFound();
        }
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
    const user = await accounts.find(idIn(c));
    return user && isPending(user) ? null : user;
  }

  /** For a form that is sent again, because its first answer was an error. */
  async function finishDeletion(c: Context): Promise<void> {
    if (!await accounts.find(idIn(c))) await accountDeletion.finish(c, idIn(c));
  }

  return routes;
}

/** Bounded: ids are shorter. */
function idIn(c: Context): string {
  return String(c.req.param("id")).slice(0, 64);
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
  { word }: AccountAct,
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
