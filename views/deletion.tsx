import { Field, type Problems } from "./form.tsx";
import type { Text } from "./text/en.ts";

interface DeletionPageProps {
  text: Text;
  user: { readonly email: string };
  typed?: string | undefined;
  problems?: Problems<"email">;
}

export function DeletionPage({ text, user, typed, problems = {} }: DeletionPageProps) {
  return (
    <>
      <h1>{text.deletion.title}</h1>
      <form method="post" action="/account/delete">
        <p>{text.deletion.warning}</p>
        <Field
          text={text}
          name="email"
          label={text.deletion.confirm(user.email)}
          type="email"
          autocomplete="off"
          value={typed}
          problem={problems.email}
          autofocus={problems.email !== undefined}
        />
        <button type="submit" class="danger">{text.deletion.submit}</button>
      </form>
    </>
  );
}
