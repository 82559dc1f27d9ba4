import type { Passkey } from "../../lib/credential/passkey_record.ts";
import type { Factor } from "../../lib/credential/second_factor.ts";
import type { Features } from "../features.ts";
import { Field, FormProblem } from "../form.tsx";
import { PasskeyForm, PasskeySignal } from "../passkey.tsx";
import type { FieldProblem, Text } from "../text/en.ts";
import { RelativeTime } from "../time.tsx";
import { AccountLayout } from "./layout.tsx";

const path = "/account/passkeys";

/** A new name that was refused. */
interface RefusedName {
  readonly id: string;
  readonly typed: string | undefined;
  readonly problem: FieldProblem;
}

export interface PasskeysPageProps {
  text: Text;
  features: Features;
  now: Date;
  user: {
    readonly id: string;
    readonly email: string;
    readonly name: string;
    readonly factors: readonly Factor[];
  };
  /** Whether everybody has to have a second factor, and the user has none. */
  isRequired: boolean;
  passkeys: readonly Passkey[];
  /** Whether the user has no others: browsers delete those that this page does not name. */
  isComplete: boolean;
  /** Why nothing was added or removed. */
  problem?: keyof Text["passkeys"]["problems"] | undefined;
  refusedName?: RefusedName | undefined;
}

export function PasskeysPage(props: PasskeysPageProps) {
  const { text, features, user, isRequired, passkeys, isComplete, problem } = props;
  const { title, intro, unavailable, problems, add, addAnother } = text.passkeys;
  return (
    <AccountLayout text={text} features={features} path={path}>
      <h1>{title}</h1>
      {problem && <FormProblem>{problems[problem]}</FormProblem>}
      {isRequired && <p>{text.totp.required}</p>}
      <p>{intro}</p>
      <p class="hint" data-passkey-never="">{unavailable}</p>
      <PasskeyForm text={text} action={path} use="create">
        <button type="submit">{passkeys.length === 0 ? add : addAnother}</button>
      </PasskeyForm>
      {user.factors.length === 0 && (
        <p class="other-factor">
          <a class="button secondary" href="/account/totp">{text.totp.instead}</a>
        </p>
      )}
      {passkeys.length > 0 && (
        <ul class="card-grid entries passkeys">
          {passkeys.map((passkey, i) => (
            <PasskeyCard {...props} passkey={passkey} number={i + 1} />
          ))}
        </ul>
      )}
      <PasskeySignal
        facts={{
          userId: user.id,
          ...isComplete ? { allAcceptedCredentialIds: passkeys.map(({ id }) => id) } : {},
          name: user.email,
          displayName: user.name,
        }}
      />
    </AccountLayout>
  );
}

interface PasskeyCardProps extends PasskeysPageProps {
  passkey: Passkey;
  number: number;
}

function PasskeyCard(props: PasskeyCardProps) {
  const { text, now, passkey } = props;
  const { added, lastUsed, never } = text.passkeys;
  return (
    <li class="card">
      <h2>
        <bdi>{passkey.name}</bdi>
      </h2>
      <dl>
        <dt>{added}</dt>
        <dd>
          <RelativeTime text={text} time={passkey.createdAt} now={now} />
        </dd>
        <dt>{lastUsed}</dt>
        <dd>
          {passkey.lastUsedAt
            ? <RelativeTime text={text} time={passkey.lastUsedAt} now={now} />
            : never}
        </dd>
      </dl>
      <RenameForm {...props} />
      <RemoveForm {...props} />
    </li>
  );
}

function RenameForm({ text, passkey, number, refusedName }: PasskeyCardProps) {
  const { rename, renameLabel, save } = text.passkeys;
  const refused = refusedName?.id === passkey.id ? refusedName : undefined;
  return (
    <details open={refused !== undefined}>
      <summary aria-label={renameLabel(passkey.name)}>{rename}</summary>
      <form method="post" action={`${path}/${passkey.id}/rename`}>
        <Field
          text={text}
          id={`name-${number}`}
          name="name"
          label={text.fields.name}
          autocomplete="off"
          enterkeyhint="done"
          value={refused?.typed ?? passkey.name}
          problem={refused?.problem}
          autofocus={refused !== undefined}
        />
        <button type="submit" class="secondary">{save}</button>
      </form>
    </details>
  );
}

function RemoveForm({ text, passkey }: PasskeyCardProps) {
  const { remove, removeLabel, removeIntro, removeSubmit } = text.passkeys;
  return (
    <details>
      <summary aria-label={removeLabel(passkey.name)}>{remove}</summary>
      <form method="post" action={`${path}/${passkey.id}/remove`}>
        <p>{removeIntro}</p>
        <button type="submit" class="danger">{removeSubmit}</button>
      </form>
    </details>
  );
}
