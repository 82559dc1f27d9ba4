import type { ProviderLink } from "./features.ts";
import { Field, FormProblem, LinkEmail, type Problems, ProblemSummary, Username } from "./form.tsx";
import { buttonLabel } from "./provider_buttons.tsx";
import { ProviderLinks } from "./provider_links.tsx";
import type { Text } from "./text/en.ts";

export interface VerifyEmailPageProps {
  text: Text;
  /** The address as typed, or that of the user who was asked. */
  email?: string | undefined;
  problems?: Problems<"email">;
  /** Where a user who was asked to confirm goes instead; null for everybody else. */
  later: string | null;
}

/** Sends a link that confirms an address; a message tells when one was sent. */
export function VerifyEmailPage({ text, email, problems = {}, later }: VerifyEmailPageProps) {
  const { title, intro, askIntro, submit, notNow } = text.verifyEmail;
  return (
    <div class="auth narrow">
      <h1>{title}</h1>
      <form class="card" method="post" action="/verify-email">
        <ProblemSummary text={text} problems={problems} labels={{ email: text.fields.email }} />
        <p>{later === null ? intro : askIntro}</p>
        <Field
          text={text}
          name="email"
          label={text.fields.email}
          type="email"
          autocomplete="email"
          enterkeyhint="go"
          value={email}
          problem={problems.email}
          autofocus={problems.email !== undefined}
        />
        <button type="submit">{submit}</button>
      </form>
      {later !== null && (
        <p>
          <a href={later}>{notNow}</a>
        </p>
      )}
    </div>
  );
}

export interface ConfirmEmailPageProps {
  text: Text;
  email: string;
  proof: ConfirmEmailProof;
  /** Whether the account is new, and can be removed by somebody who did not register. */
  canReject: boolean;
}

/** How a browser proves that the account is theirs, and not only the mail. */
export type ConfirmEmailProof =
  /** It asked for the mail. */
  | { readonly kind: "link" }
  | {
    readonly kind: "password";
    readonly problems: Problems<"password">;
    readonly refused: boolean;
  }
  /** The account has no password: its provider knows whose it is. */
  | { readonly kind: "provider"; readonly providers: readonly ProviderLink[] };

/** The page behind the link that verifies an address. */
export function ConfirmEmailPage({ text, email, proof, canReject }: ConfirmEmailPageProps) {
  const { confirmTitle, reject, rejectIntro } = text.verifyEmail;
  return (
    <div class="auth narrow">
      <h1>{confirmTitle}</h1>
      {proof.kind === "provider"
        ? <ContinueElsewhere text={text} email={email} providers={proof.providers} />
        : <ConfirmForm text={text} email={email} proof={proof} />}
      {canReject && (
        <form class="card" method="post" action="/verify-email/reject">
          <LinkEmail email={email} />
          <p>{rejectIntro}</p>
          <button type="submit" class="secondary">{reject}</button>
        </form>
      )}
    </div>
  );
}

interface ConfirmFormProps {
  text: Text;
  email: string;
  proof: Exclude<ConfirmEmailProof, { kind: "provider" }>;
}

function ConfirmForm({ text, email, proof }: ConfirmFormProps) {
  const { confirmIntro, passwordIntro, confirm, refused } = text.verifyEmail;
  const password = proof.kind === "password" ? proof : null;
  return (
    <form class="card" method="post" action="/verify-email/confirm">
      {password ? <Username email={email} /> : <LinkEmail email={email} />}
      {password?.refused && <FormProblem>{refused}</FormProblem>}
      {password && (
        <ProblemSummary
          text={text}
          problems={password.problems}
          labels={{ password: text.fields.password }}
        />
      )}
      <p>{password ? passwordIntro(email) : confirmIntro(email)}</p>
      {password && (
        <Field
          text={text}
          name="password"
          label={text.fields.password}
          type="password"
          autocomplete="current-password"
          enterkeyhint="go"
          problem={password.problems.password}
          refused={password.refused}
          autofocus
        />
      )}
      <button type="submit">{confirm}</button>
    </form>
  );
}

interface ContinueElsewhereProps {
  text: Text;
  email: string;
  providers: readonly ProviderLink[];
}

function ContinueElsewhere({ text, email, providers }: ContinueElsewhereProps) {
  const { elsewhere, orContinue } = text.verifyEmail;
  return (
    <div class="card">
      <p>{elsewhere(email)}</p>
      {providers.length > 0 && <p>{orContinue}</p>}
      <ProviderLinks
        providers={providers}
        path={({ name }) => `/login/with/${name}`}
        label={(provider) => buttonLabel(text, provider)}
      />
    </div>
  );
}
