import { Field, FormProblem, LinkEmail, type Problems, ProblemSummary } from "../form.tsx";
import type { Text } from "../text/en.ts";
import { withNext } from "../with_next.ts";

export interface LoginLinkPageProps {
  text: Text;
  /** Where to go after login. The route validates it when it redirects. */
  next?: string | undefined;
  /** The address as typed. */
  email?: string | undefined;
  problems?: Problems<"email">;
}

/** Asks for the address that a link to log in is sent to. */
export function LoginLinkPage({ text, next, email, problems = {} }: LoginLinkPageProps) {
  const { title, intro, submit, password } = text.loginLink;
  return (
    <div class="auth narrow">
      <h1>{title}</h1>
      <form class="card" method="post" action="/login/link">
        <ProblemSummary text={text} problems={problems} labels={{ email: text.fields.email }} />
        <p>{intro}</p>
        {next && <input type="hidden" name="next" value={next} />}
        <Field
          text={text}
          name="email"
          label={text.fields.email}
          type="email"
          autocomplete="username"
          enterkeyhint="go"
          value={email}
          problem={problems.email}
          autofocus
        />
        <button type="submit">{submit}</button>
      </form>
      <p>
        <a href={withNext("/login", next)}>{password}</a>
      </p>
    </div>
  );
}

interface LoginCodePageProps {
  text: Text;
  /** Eight digits. */
  code: string;
  next?: string | undefined;
  /** Whether the link was not confirmed yet when the visitor wanted to go on. */
  refused: boolean;
}

/** In the browser that asked: says where the link is, and shows the code that it needs elsewhere. */
export function LoginCodePage({ text, code, next, refused }: LoginCodePageProps) {
  const { sentTitle, sentIntro, codeIntro, codeLabel, resumeIntro, resume, notConfirmed, again } =
    text.loginLink;
  return (
    <div class="auth narrow">
      <h1>{sentTitle}</h1>
      <form class="card" method="post" action="/login/link/confirm">
        {refused && <FormProblem>{notConfirmed}</FormProblem>}
        <p>{sentIntro}</p>
        <p>{codeIntro}</p>
        <p class="code">
          <span class="visually-hidden">{codeLabel}:</span>
          <strong>{code.slice(0, 4)} {code.slice(4)}</strong>
        </p>
        <p>{resumeIntro}</p>
        <button type="submit">{resume}</button>
      </form>
      <p>
        <a href={withNext("/login/link", next)}>{again}</a>
      </p>
    </div>
  );
}

interface ConfirmLoginPageProps {
  text: Text;
  /** The address that the link was mailed to. */
  email: string;
  /** Null in the browser that asked for the link: it needs no code. */
  code: { readonly problems: Problems<"code">; readonly refused: boolean } | null;
}

/** The page behind the link that logs in. */
export function ConfirmLoginPage({ text, email, code }: ConfirmLoginPageProps) {
  const { confirmTitle, confirmIntro, confirm } = text.loginLink;
  const { enterTitle, enterIntro, enterWarning, allow, refused } = text.loginLink;
  const labels = { code: text.fields.code };
  return (
    <div class="auth narrow">
      <h1>{code ? enterTitle : confirmTitle}</h1>
      <form class="card" method="post" action="/login/link/confirm">
        <LinkEmail email={email} />
        {code?.refused && <FormProblem>{refused}</FormProblem>}
        {code && <ProblemSummary text={text} problems={code.problems} labels={labels} />}
        <p>{code ? enterIntro : confirmIntro}</p>
        {code && <p>{enterWarning}</p>}
        {code && (
          <Field
            text={text}
            name="code"
            label={labels.code}
            autocomplete="one-time-code"
            inputmode="numeric"
            enterkeyhint="go"
            problem={code.problems.code}
            refused={code.refused}
            autofocus
          />
        )}
        <button type="submit">{code ? allow : confirm}</button>
      </form>
    </div>
  );
}
