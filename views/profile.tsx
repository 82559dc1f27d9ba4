import type { Factor } from "../lib/credential/second_factor.ts";
import { AccountLayout } from "./account/layout.tsx";
import { Field, type Problems, ProblemSummary } from "./form.tsx";
import type { Features } from "./features.ts";
import { EmailStatus } from "./email_status.tsx";
import { PasskeySignal } from "./passkey.tsx";
import type { Text } from "./text/en.ts";
import { Day } from "./time.tsx";

export interface ProfilePageProps {
  text: Text;
  features: Features;
  user: {
    readonly id: string;
    readonly name: string;
    readonly email: string;
    readonly factors: readonly Factor[];
    readonly emailVerified: boolean;
    readonly createdAt: Date;
  };
  /** The name as typed, when it was refused. */
  name?: string | undefined;
  problems?: Problems<"name">;
}

export function ProfilePage({ text, features, user, name, problems = {} }: ProfilePageProps) {
  return (
    <AccountLayout text={text} features={features} path="/profile">
      <h1>{text.profile.title}</h1>
      <dl class="card">
        <dt>{text.fields.email}</dt>
        <dd>
          {user.email} {features.mail && <EmailStatus text={text} user={user} />}
        </dd>
        <dt>{text.profile.memberSince}</dt>
        <dd>
          <Day text={text} time={user.createdAt} />
        </dd>
      </dl>
      <form class="card" method="post" action="/profile">
        <ProblemSummary text={text} problems={problems} labels={{ name: text.fields.name }} />
        <Field
          text={text}
          name="name"
          label={text.fields.name}
          autocomplete="name"
          enterkeyhint="done"
          value={name ?? user.name}
          problem={problems.name}
          autofocus={problems.name !== undefined}
        />
        <button type="submit">{text.profile.submit}</button>
      </form>
      {user.factors.includes("hwk") && (
        <PasskeySignal
          facts={{ userId: user.id, name: user.email, displayName: user.name }}
        />
      )}
    </AccountLayout>
  );
}
