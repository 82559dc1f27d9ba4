import type { Features, ProviderLink } from "../features.ts";
import { Field, firstProblem, type Problems, ProblemSummary } from "../form.tsx";
import { ProviderMark } from "../provider_mark.tsx";
import type { Text } from "../text/en.ts";
import { withNext } from "../with_next.ts";

/** What the account at the provider is to the accounts here. */
export type ConfirmSituation = keyof Text["confirmIdentity"]["situations"];

export interface ConfirmIdentityPageProps {
  text: Text;
  features: Features;
  provider: ProviderLink;
  /** Who somebody is at the provider. */
  identity: {
    readonly name: string;
    readonly email: string | null;
    readonly emailVerified: boolean;
  };
  /** Names what is asked: an answer to another question does not count. */
  question: string;
  situation: ConfirmSituation;
  /** Who is logged in here; null for a guest. */
  user: { readonly email: string } | null;
  /** In the situation `link`: whether an account of its own can be made instead. */
  canCreate?: boolean;
  /** What was typed; without it, what the provider says. */
  input?: { readonly name?: string | undefined; readonly email?: string | undefined };
  problems?: Problems<"name" | "email">;
}

/** Asks what shall become of an account at a provider that is not simply logged in with. */
export function ConfirmIdentityPage(props: ConfirmIdentityPageProps) {
  const { text, situation } = props;
  return (
    <div class="auth narrow">
      <h1>{text.confirmIdentity.situations[situation]}</h1>
      <Identity {...props} />
      {situation === "new" && <NewAccount {...props} />}
      {situation === "taken" && <LogInFirst {...props} />}
      {situation === "unconfirmed" && <LogInOrReplace {...props} />}
      {situation === "link" && <LinkForm {...props} />}
      {situation === "switch" && <SwitchForm {...props} />}
      {props.user === null && (
        <p>
          <a href="/login">{text.confirmIdentity.cancel}</a>
        </p>
      )}
    </div>
  );
}

/** Which account at the provider the page is about: people have several. */
function Identity({ text, provider, identity }: ConfirmIdentityPageProps) {
  return (
    <div class="identity">
      {provider.mark && <ProviderMark name={provider.mark} />}
      <p>
        <span class="hint">{text.confirmIdentity.account(provider.label)}</span>
        <strong>
          <bdi>{identity.email ?? (identity.name || text.confirmIdentity.nameless)}</bdi>
        </strong>
      </p>
    </div>
  );
}

function NewAccount(props: ConfirmIdentityPageProps) {
  const { text, provider } = props;
  const { newIntro, create, logIn } = text.confirmIdentity;
  return (
    <>
      <CreateForm {...props} intro={newIntro(provider.label)} submit={create} />
      <p>
        {text.register.haveAccount} <a href={loginPath(props)}>{logIn}</a>
      </p>
    </>
  );
}

function LogInFirst(props: ConfirmIdentityPageProps) {
  const { text, features, provider, identity } = props;
  const { takenIntro, logIn } = text.confirmIdentity;
  return (
    <>
      <div class="card">
        <p>{takenIntro(provider.label, identity.email ?? "")}</p>
        <a class="button" href={loginPath(props)}>{logIn}</a>
      </div>
      {features.mail && (
        <p>
          <a href="/password-reset">{text.login.forgotPassword}</a>
        </p>
      )}
    </>
  );
}

function LogInOrReplace(props: ConfirmIdentityPageProps) {
  const { text, identity } = props;
  const { unconfirmedIntro, logIn, replace, replaceIntro, replaceSubmit } = text.confirmIdentity;
  return (
    <>
      <div class="card">
        <p>{unconfirmedIntro(identity.email ?? "")}</p>
        <a class="button" href={loginPath(props)}>{logIn}</a>
      </div>
      <details class="other-way" open={hasProblems(props)}>
        <summary>{replace}</summary>
        <CreateForm {...props} intro={replaceIntro} submit={replaceSubmit} tone="danger" />
      </details>
    </>
  );
}

function LinkForm(props: ConfirmIdentityPageProps) {
  const { text, provider, user, canCreate = false } = props;
  const { linkIntro, link, separate, separateIntro, create } = text.confirmIdentity;
  const email = user?.email ?? "";
  return (
    <>
      <form class="card" method="post" action={ownPath(props)}>
        <input type="hidden" name="question" value={props.question} />
        <p>{linkIntro(provider.label, email)}</p>
        <button type="submit" name="action" value="link">{link}</button>
        <Cancel text={text} />
      </form>
      {canCreate && (
        <details class="other-way" open={hasProblems(props)}>
          <summary>{separate}</summary>
          <CreateForm {...props} intro={separateIntro(email)} submit={create} tone="secondary" />
        </details>
      )}
    </>
  );
}

function SwitchForm(props: ConfirmIdentityPageProps) {
  const { text, provider, user } = props;
  const { switchIntro, switchSubmit } = text.confirmIdentity;
  return (
    <form class="card" method="post" action={ownPath(props)}>
      <input type="hidden" name="question" value={props.question} />
      <p>{switchIntro(provider.label, user?.email ?? "")}</p>
      <button type="submit" name="action" value="switch">{switchSubmit}</button>
      <Cancel text={text} />
    </form>
  );
}

function Cancel({ text }: Pick<ConfirmIdentityPageProps, "text">) {
  return <a class="button secondary" href="/account">{text.confirmIdentity.cancel}</a>;
}

interface CreateFormProps extends ConfirmIdentityPageProps {
  intro: string;
  submit: string;
  /** How the button looks where it is not the first choice. */
  tone?: "secondary" | "danger";
}

function CreateForm(props: CreateFormProps) {
  const { text, features, identity, input = {}, problems = {}, intro, submit, tone } = props;
  const { name, email } = text.fields;
  const labels = { name, email };
  const first = firstProblem(labels, problems);
  const isVerified = identity.emailVerified && identity.email !== null;
  const hasHint = features.mail && !isVerified;
  return (
    <form class="card" method="post" action={ownPath(props)}>
      <input type="hidden" name="question" value={props.question} />
      <ProblemSummary text={text} problems={problems} labels={labels} />
      <p>{intro}</p>
      <Field
        text={text}
        name="name"
        label={name}
        autocomplete="name"
        enterkeyhint={isVerified ? "go" : "next"}
        value={input.name ?? identity.name}
        problem={problems.name}
        autofocus={first === "name"}
      />
      {isVerified ? <VerifiedEmail {...props} /> : (
        <Field
          text={text}
          name="email"
          label={email}
          type="email"
          autocomplete="email"
          enterkeyhint="go"
          value={input.email ?? identity.email ?? undefined}
          problem={problems.email}
          autofocus={first === "email"}
          {...hasHint ? { hintId: "email-hint" } : {}}
        >
          {hasHint && <p class="hint" id="email-hint">{text.confirmIdentity.emailHint}</p>}
        </Field>
      )}
      <button type="submit" class={tone} name="action" value="create">{submit}</button>
    </form>
  );
}

/** An address that nobody has to type or confirm. */
function VerifiedEmail({ text, provider, identity }: ConfirmIdentityPageProps) {
  return (
    <dl>
      <dt>{text.fields.email}</dt>
      <dd>
        {identity.email}
        <p class="hint">{text.confirmIdentity.verifiedBy(provider.label)}</p>
      </dd>
    </dl>
  );
}

function hasProblems({ problems = {} }: ConfirmIdentityPageProps): boolean {
  return Object.keys(problems).length > 0;
}

/** The page itself, which its forms are sent to. */
function ownPath({ provider }: ConfirmIdentityPageProps): string {
  return `/login/with/${provider.name}/confirm`;
}

/** The login that leads back here, where the two accounts can be linked. */
function loginPath(props: ConfirmIdentityPageProps): string {
  return withNext("/login", ownPath(props));
}
