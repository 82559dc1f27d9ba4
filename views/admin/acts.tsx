import type { User } from "../../lib/account/user.ts";
import { Field, FormProblem, type Problems, ProblemSummary } from "../form.tsx";
import type { Text } from "../text/en.ts";

/** What administrators do to accounts, as the last part of the form's address. */
export type ActWord =
  | "suspend"
  | "reactivate"
  | "end-sessions"
  | "reset-password"
  | "role"
  | "view-as"
  | "delete";

/** Why an act was not done. */
export type ActProblem =
  | "refused"
  | "last_admin"
  | "no_change"
  | "self"
  | "suspended"
  | "has_role";

interface UserActsProps {
  text: Text;
  user: User;
  acts: readonly ActWord[];
  roles: readonly string[];
}

/** The forms of the acts: each asks for a reason, and leads to a page that asks once more. */
export function UserActs({ text, user, acts, roles }: UserActsProps) {
  if (acts.length === 0) return null;
  return (
    <section class="acts">
      <h2>{text.admin.acts.heading}</h2>
      {acts.map((act) => (
        <details>
          <summary>{text.admin.acts[act].label}</summary>
          <form method="post" action={`/admin/users/${user.id}/${act}`}>
            <p>{text.admin.acts[act].warning}</p>
            {act === "role" && <RoleChoice text={text} roles={roles} chosen={user.roles} />}
            <ReasonField text={text} id={`${act}-reason`} />
            <button type="submit" class="secondary">{text.admin.acts[act].title}</button>
          </form>
        </details>
      ))}
    </section>
  );
}

interface ReasonFieldProps {
  text: Text;
  id: string;
  value?: string | undefined;
  problems?: Problems<"reason">;
}

function ReasonField({ text, id, value, problems = {} }: ReasonFieldProps) {
  const { reason, reasonHint } = text.admin.acts;
  return (
    <Field
      text={text}
      id={id}
      name="reason"
      label={reason}
      autocomplete="off"
      enterkeyhint="done"
      hintId={`${id}-hint`}
      value={value}
      problem={problems.reason}
      autofocus={problems.reason !== undefined}
    >
      <p class="hint" id={`${id}-hint`}>{reasonHint}</p>
    </Field>
  );
}

interface RoleChoiceProps {
  text: Text;
  roles: readonly string[];
  chosen: readonly string[];
}

function RoleChoice({ text, roles, chosen }: RoleChoiceProps) {
  const names: Readonly<Record<string, string>> = text.admin.roleNames;
  return (
    <fieldset>
      <legend>{text.admin.acts.roleLegend}</legend>
      {roles.map((role) => (
        <div class="field checkbox">
          <input
            id={`role-${role}`}
            name="role"
            type="checkbox"
            value={role}
            checked={chosen.includes(role)}
          />
          <label for={`role-${role}`}>{names[role] ?? role}</label>
        </div>
      ))}
    </fieldset>
  );
}

interface ActPageProps {
  text: Text;
  user: User;
  act: ActWord;
  /** As typed so far. */
  reason: string | undefined;
  roles: readonly string[];
  chosenRoles: readonly string[];
  problems?: Problems<"reason">;
  problem?: ActProblem | undefined;
}

/** Asks once more, before anything happens. */
export function ActPage(props: ActPageProps) {
  const { text, user, act, reason, roles, chosenRoles, problems = {}, problem } = props;
  const words = text.admin.acts;
  const isDangerous = act === "delete" || act === "suspend";
  return (
    <div class="wide">
      <h1>{words[act].title}</h1>
      <form
        class={isDangerous ? "card danger-zone" : "card"}
        method="post"
        action={`/admin/users/${user.id}/${act}`}
      >
        <ProblemSummary text={text} problems={problems} labels={{ reason: words.reason }} />
        {problem && <FormProblem>{words[problem]}</FormProblem>}
        <p>
          {words.person}{" "}
          <strong>
            <bdi>{user.name}</bdi>
          </strong>{" "}
          ({user.email}).
        </p>
        <p>{words[act].warning}</p>
        {act === "role" && <RoleChoice text={text} roles={roles} chosen={chosenRoles} />}
        <ReasonField text={text} id="reason" value={reason} problems={problems} />
        <input type="hidden" name="confirm" value="yes" />
        <div class="actions">
          <button type="submit" class={isDangerous ? "danger" : undefined}>
            {words[act].submit}
          </button>
          <a class="button secondary" href={`/admin/users/${user.id}`}>{words.cancel}</a>
        </div>
      </form>
    </div>
  );
}
