import type { ProviderLink } from "../features.ts";
import { Checkbox } from "../form.tsx";
import { ProviderMark } from "../provider_mark.tsx";
import type { Text } from "../text/en.ts";
import { withNext } from "../with_next.ts";

/** What somebody goes to a provider for. */
export type ProviderPurpose = keyof Text["loginWith"]["purposes"];

/** Why somebody who went to a provider is not where they wanted to be. */
export type ProviderProblem = keyof Text["loginWith"]["problems"];

/** To begin again cannot help. */
const finalProblems: readonly ProviderProblem[] = ["suspended", "issuer_taken", "too_many"];

interface StartPageProps {
  text: Text;
  provider: ProviderLink;
  purpose: ProviderPurpose;
  /** Where the form is sent. */
  action: string;
  /** Where the provider asks people, such as `accounts.google.com`. */
  host: string;
  /** Where to go afterwards. The route validates it when it redirects. */
  next?: string | undefined;
  /** Whether the browser may be remembered. */
  hasRemember: boolean;
}

/** Says where the button leads, and goes there. */
export function StartPage(props: StartPageProps) {
  const { text, provider, purpose, action, host, next, hasRemember } = props;
  const { title, intro, back } = text.loginWith.purposes[purpose];
  return (
    <div class="auth narrow">
      <h1>{title(provider.label)}</h1>
      <form class="card" method="post" action={action}>
        <p>{intro(provider.label, host)}</p>
        {next && <input type="hidden" name="next" value={next} />}
        {hasRemember && <Checkbox name="remember" label={text.fields.remember} />}
        <button type="submit" class="provider">
          {provider.mark && <ProviderMark name={provider.mark} />}
          <span class="label">{text.loginWith.submit(provider.label)}</span>
        </button>
      </form>
      <p>
        <a href={backPath(purpose, next)}>{back}</a>
      </p>
    </div>
  );
}

interface ProviderProblemPageProps {
  text: Text;
  provider: ProviderLink;
  word: ProviderProblem;
  /** What they went to the provider for: it decides which other ways the page names. */
  purpose: ProviderPurpose;
  /** The page to begin again from. */
  again: string;
  /** Where to go afterwards. */
  next?: string | undefined;
  /** The provider's own word, for support. */
  detail: string | null;
}

/** Says what went wrong at a provider, and what to do next. */
export function ProviderProblemPage(props: ProviderProblemPageProps) {
  const { text, provider, word, purpose, again, next, detail } = props;
  const { problems, purposes, detailLabel } = text.loginWith;
  const { title, body } = problems[word];
  const isFinal = finalProblems.includes(word);
  const isOutage = word === "unreachable" || word === "too_slow";
  const againLabel = isOutage ? text.errors.tryAgain : text.loginWith.again;
  return (
    <div class="error">
      <p class="provider-name">
        {provider.mark && <ProviderMark name={provider.mark} />}
        {provider.label}
      </p>
      <h1>{title(provider.label)}</h1>
      <p>{body(provider.label)}</p>
      {detail && (
        <p class="hint">
          {detailLabel(provider.label)} <code>{detail}</code>
        </p>
      )}
      <p class="actions">
        {!isFinal && <a class="button" href={again}>{againLabel}</a>}
        <a class={isFinal ? "button" : "button secondary"} href={backPath(purpose, next)}>
          {purposes[purpose].back}
        </a>
      </p>
    </div>
  );
}

/** The page with the other ways to do the same. */
function backPath(purpose: ProviderPurpose, next: string | undefined): string {
  if (purpose === "link") return "/account/identities";
  return withNext(purpose === "login" ? "/login" : "/reauthenticate", next);
}
