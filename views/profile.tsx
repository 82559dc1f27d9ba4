import { Field, type Problems } from "./form.tsx";
import type { Text } from "./text/en.ts";

interface ProfilePageProps {
  text: Text;
  user: { readonly name: string; readonly email: string; readonly createdAt: Date };
  /** What was typed, when it was refused. */
  name?: string | undefined;
  problems?: Problems<"name">;
}

export function ProfilePage({ text, user, name, problems = {} }: ProfilePageProps) {
  const since = new Intl.DateTimeFormat(text.lang, { dateStyle: "long", timeZone: "UTC" });
  return (
    <>
      <h1>{text.profile.title}</h1>
      <dl>
        <dt>{text.profile.emailLabel}</dt>
        <dd>{user.email}</dd>
        <dt>{text.profile.sinceLabel}</dt>
        <dd>
          <time datetime={user.createdAt.toISOString()}>{since.format(user.createdAt)}</time>
        </dd>
      </dl>
      <form method="post" action="/profile">
        <Field
          text={text}
          name="name"
          label={text.fields.name}
          autocomplete="name"
          value={name ?? user.name}
          problem={problems.name}
          autofocus={problems.name !== undefined}
        />
        <button type="submit">{text.profile.submit}</button>
      </form>
    </>
  );
}
