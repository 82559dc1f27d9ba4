import { assetPath } from "../assets.ts";
import { Field, FormProblem, type Problems } from "../form.tsx";
import type { Features } from "../features.ts";
import { QrCode } from "../qr_code.tsx";
import type { Text } from "../text/en.ts";
import { Day } from "../time.tsx";
import { AccountLayout } from "./layout.tsx";

const path = "/account/totp";

export interface EnrolTotpPageProps {
  text: Text;
  features: Features;
  /** The address with the key that the app reads (see `otpauth.ts`). */
  uri: string;
  /** The key in groups of four. */
  key: string;
  /** Whether everybody has to have a second factor. */
  isRequired: boolean;
  /** Whether a passkey can be added instead: the user has none. */
  offersPasskey: boolean;
  problems?: Problems<"code">;
}

/** Sets up an authenticator app, in three steps. */
export function EnrolTotpPage(props: EnrolTotpPageProps) {
  const { text, features, uri, isRequired, offersPasskey, problems = {} } = props;
  const { title, required, intro, steps, qrLabel, submit } = text.totp;
  return (
    <AccountLayout text={text} features={features} path={path}>
      <h1>{title}</h1>
      {isRequired && <p>{required}</p>}
      <p>{intro}</p>
      {offersPasskey && <PasskeyInstead text={text} />}
      <form class="card steps" method="post" action={path}>
        <section>
          <h2>{steps.get}</h2>
          <p>{steps.getBody}</p>
        </section>
        <section>
          <h2>{steps.scan}</h2>
          <p>{steps.scanBody}</p>
          <QrCode content={uri} label={qrLabel} />
          <KeyToType text={text} uri={uri} groups={props.key} />
        </section>
        <section>
          <h2>{steps.enter}</h2>
          <p>{steps.enterBody}</p>
          <Field
            text={text}
            name="code"
            label={text.fields.code}
            autocomplete="one-time-code"
            inputmode="numeric"
            enterkeyhint="done"
            problem={problems.code}
            autofocus={problems.code !== undefined}
          />
          <button type="submit">{submit}</button>
        </section>
      </form>
    </AccountLayout>
  );
}

/** Phones show no navigation here. It stays hidden where the browser cannot make passkeys. */
function PasskeyInstead({ text }: { text: Text }) {
  return (
    <p data-passkey-only="" hidden>
      <a class="button secondary" href="/account/passkeys">{text.passkeys.instead}</a>
      <script type="module" src={assetPath("passkey.js")}></script>
    </p>
  );
}

/** For those who cannot scan: the app is on this phone, or has no camera. */
function KeyToType({ text, uri, groups }: { text: Text; uri: string; groups: string }) {
  const { sameDevice, openApp, typeKey } = text.totp;
  return (
    <>
      <p>
        {sameDevice} <a href={uri}>{openApp}</a>
      </p>
      <p>{typeKey}</p>
      <p>
        <code class="shared-key">{groups}</code>
      </p>
    </>
  );
}

interface TotpPageProps {
  text: Text;
  features: Features;
  /** Null when its record is lost. */
  enrolledAt: Date | null;
  /** Whether it accepts no codes any more. */
  isDisabled: boolean;
  codesLeft: number;
}

/** An authenticator app that is set up. */
export function TotpPage({ text, features, enrolledAt, isDisabled, codesLeft }: TotpPageProps) {
  const { title, since, on, off, disabled, lost, active, removeTitle, removeBody, remove } =
    text.totp;
  return (
    <AccountLayout text={text} features={features} path={path}>
      <h1>{title}</h1>
      {isDisabled && <FormProblem>{enrolledAt ? disabled : lost}</FormProblem>}
      <section class="card">
        <p>
          <strong class="badge">{isDisabled ? off : on}</strong> {enrolledAt && (
            <>
              {since} <Day text={text} time={enrolledAt} />
            </>
          )}
        </p>
        {!isDisabled && <p>{active}</p>}
        <p>
          <a href="/account/recovery-codes">{text.recoveryCodes.left(codesLeft)}</a>
        </p>
      </section>
      <form class="card" method="post" action={`${path}/remove`}>
        <h2>{removeTitle}</h2>
        <p>{removeBody}</p>
        <button type="submit" class="secondary">{remove}</button>
      </form>
    </AccountLayout>
  );
}
