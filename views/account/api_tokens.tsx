import type { ApiToken } from "../../lib/credential/api_token_record.ts";
import type { Features } from "../features.ts";
import { Field, firstProblem, FormProblem, type Problems, ProblemSummary } from "../form.tsx";
import type { Text } from "../text/en.ts";
import { Day, RelativeTime } from "../time.tsx";
import { AccountLayout } from "./layout.tsx";

const path = "/account/api-tokens";

export interface ApiTokensPageProps {
  text: Text;
  features: Features;
  now: Date;
  tokens: readonly ApiToken[];
  /** All that a token can allow. */
  scopes: readonly string[];
  form: TokenForm;
  /** Why nothing was created or revoked. */
  problem?: keyof Text["apiTokens"]["problems"] | undefined;
}

/** The form of a new token, as typed so far. */
export interface TokenForm {
  readonly name?: string | undefined;
  readonly scopes: readonly string[];
  readonly days: string;
  readonly problems?: Problems<"name" | "scope" | "days">;
}

export function ApiTokensPage(props: ApiTokensPageProps) {
  const { text, features, now, tokens, problem } = props;
  const { title, intro, ends, description, count, none, problems } = text.apiTokens;
  return (
    <AccountLayout text={text} features={features} path={path}>
      <h1>{title}</h1>
      {problem && <FormProblem>{problems[problem]}</FormProblem>}
      <p>{intro}</p>
      <p>{ends}</p>
      <p>
        <a href="/api/openapi.json">{description}</a>
      </p>
      <p>{tokens.length > 0 ? count(tokens.length) : none}</p>
      {tokens.length > 0 && (
        <ul class="card-grid entries api-tokens">
          {tokens.map((token) => <TokenCard text={text} now={now} token={token} />)}
        </ul>
      )}
      <CreateForm {...props} />
    </AccountLayout>
  );
}

function TokenCard({ text, now, token }: { text: Text; now: Date; token: ApiToken }) {
  const words = text.apiTokens;
  const labels: Readonly<Record<string, string>> = words.scopes;
  return (
    <li class="card">
      <h2>
        <bdi>{token.name}</bdi>
      </h2>
      <dl>
        <dt>{words.allowed}</dt>
        <dd>
          <ul class="scopes">
            {token.scopes.map((scope) => <li>{labels[scope] ?? scope}</li>)}
          </ul>
        </dd>
        <dt>{words.created}</dt>
        <dd>
          <RelativeTime text={text} time={token.createdAt} now={now} />
        </dd>
        <dt>{words.endsOn}</dt>
        <dd>
          <Day text={text} time={token.expiresAt} />
        </dd>
        <dt>{words.lastUsed}</dt>
        <dd>
          {token.lastUsedAt
            ? <RelativeTime text={text} time={token.lastUsedAt} now={now} />
            : words.never}
        </dd>
      </dl>
      <details>
        <summary aria-label={words.revokeLabel(token.name)}>{words.revoke}</summary>
        <form method="post" action={`${path}/${token.id}/revoke`}>
          <p>{words.revokeIntro}</p>
          <button type="submit" class="danger">{words.revokeSubmit}</button>
        </form>
      </details>
    </li>
  );
}

function CreateForm({ text, features, scopes, form }: ApiTokensPageProps) {
  const words = text.apiTokens.create;
  const { problems = {} } = form;
  const labels = { name: words.name, scope: words.scope, days: words.days };
  const ids = { scope: scopeId(scopes[0] ?? "") };
  const first = firstProblem(labels, problems);
  return (
    <form class="card token-form" method="post" action={path}>
      <h2>{words.title}</h2>
      <ProblemSummary text={text} problems={problems} labels={labels} ids={ids} />
      <Field
        text={text}
        name="name"
        label={words.name}
        autocomplete="off"
        hintId="name-hint"
        value={form.name}
        problem={problems.name}
        autofocus={first === "name"}
      >
        <p class="hint" id="name-hint">{words.nameHint}</p>
      </Field>
      <fieldset aria-describedby={problems.scope && "scope-problem"}>
        <legend>{words.scope}</legend>
        {problems.scope && <p class="problem" id="scope-problem">{text.problems[problems.scope]}
        </p>}
        {scopes.map((scope, i) => (
          <ScopeCheckbox
            text={text}
            scope={scope}
            checked={form.scopes.includes(scope)}
            autofocus={first === "scope" && i === 0}
          />
        ))}
      </fieldset>
      <Field
        text={text}
        name="days"
        label={words.days}
        autocomplete="off"
        inputmode="numeric"
        enterkeyhint="done"
        hintId="days-hint"
        value={form.days}
        problem={problems.days}
        autofocus={first === "days"}
      >
        <p class="hint" id="days-hint">
          {features.mail ? words.daysHint : words.daysHintWithoutMail}
        </p>
      </Field>
      <button type="submit">{words.submit}</button>
    </form>
  );
}

interface ScopeCheckboxProps {
  text: Text;
  scope: string;
  checked: boolean;
  autofocus: boolean;
}

function ScopeCheckbox({ text, scope, checked, autofocus }: ScopeCheckboxProps) {
  const labels: Readonly<Record<string, string>> = text.apiTokens.scopes;
  const id = scopeId(scope);
  return (
    <div class="field checkbox">
      <input
        id={id}
        name="scope"
        type="checkbox"
        value={scope}
        checked={checked}
        autofocus={autofocus}
      />
      <label for={id}>{labels[scope] ?? scope}</label>
    </div>
  );
}

function scopeId(scope: string): string {
  return `scope-${scope.replaceAll(":", "-")}`;
}

interface NewApiTokenPageProps {
  text: Text;
  features: Features;
  /** Whose token it is. */
  email: string;
  token: string;
  /** The site's own origin. */
  origin: string;
}

/** Shows a new token, this once. */
export function NewApiTokenPage({ text, features, email, token, origin }: NewApiTokenPageProps) {
  const words = text.apiTokens.new;
  return (
    <AccountLayout text={text} features={features} path={path}>
      <h1>{words.title}</h1>
      <p>{words.intro}</p>
      <section class="card">
        <h2 class="codes-owner">{words.label(email)}</h2>
        <p>
          <code class="new-token" id="new-token">{token}</code>
        </p>
      </section>
      <p>{words.tryIt}</p>
      <pre
        class="try-token"
        tabindex={0}
      ><code>{`curl -H "Authorization: Bearer $TOKEN" ${origin}/api/me`}</code></pre>
      <p>
        <a class="button" href={path}>{words.done}</a>
      </p>
    </AccountLayout>
  );
}
