import type { AccountEvent } from "../../lib/account/event.ts";
import type { Child } from "hono/jsx";
import type { Protection, ProtectionStep } from "../../lib/account/protection.ts";
import type { Device } from "../../lib/http/user_agent.ts";
import { assetPath } from "../assets.ts";
import { Icon } from "../icon.tsx";
import type { Text } from "../text/en.ts";
import { RelativeTime } from "../time.tsx";

interface LastLogin {
  readonly createdAt: Date;
  readonly device: Device;
  readonly network: string | null;
  readonly isCurrent: boolean;
}

export interface ProtectionCardProps {
  text: Text;
  now: Date;
  protection: Protection;
  /** What would protect the account better; what helps most comes first. */
  steps: readonly ProtectionStep[];
  /** How many browsers are logged in. */
  browsers: number;
  lastLogin: LastLogin | null;
  /** The last login besides the one of this session. */
  previousLogin: AccountEvent | null;
}

const stepPaths: Record<ProtectionStep, string> = {
  repair_app: "/account/totp",
  verify_email: "/verify-email?next=%2Faccount",
  add_factor: "/account/totp",
  renew_codes: "/account/recovery-codes",
};

/** How well an account is protected, and the next best step. */
export function ProtectionCard(props: ProtectionCardProps) {
  const { text, now, protection, steps, browsers, lastLogin, previousLogin } = props;
  const [step] = steps;
  const words = text.account.protection;
  return (
    <section class="card protection" aria-labelledby="protection">
      <h2 id="protection">{step ? words.improvable : words.complete}</h2>
      {step && <NextStep text={text} step={step} />}
      <dl>
        <States text={text} protection={protection} steps={steps} />
        <Fact label={words.loggedIn}>
          <a href="/account/sessions">{words.browsers(browsers)}</a>
        </Fact>
        {lastLogin && (
          <Fact label={words.lastLogin}>
            <LastLoginText text={text} now={now} lastLogin={lastLogin} />
          </Fact>
        )}
        {previousLogin && (
          <Fact label={words.previousLogin}>
            <PreviousLoginText text={text} now={now} event={previousLogin} />
          </Fact>
        )}
      </dl>
    </section>
  );
}

function NextStep({ text, step }: { text: Text; step: ProtectionStep }) {
  const { body, action } = text.account.protection.steps[step];
  return (
    <div class="next-step">
      <p>{body}</p>
      <div class="actions">
        {step === "add_factor" && <PasskeyLink text={text} />}
        <a class={step === "add_factor" ? "button secondary" : "button"} href={stepPaths[step]}>
          {action}
        </a>
      </div>
    </div>
  );
}

/** Easiest where the browser has passkeys; elsewhere it stays hidden. */
function PasskeyLink({ text }: { text: Text }) {
  return (
    <>
      <a class="button" href="/account/passkeys" data-passkey-only="" hidden>{text.passkeys.add}</a>
      <script type="module" src={assetPath("passkey.js")}></script>
    </>
  );
}

type StatesProps = Pick<ProtectionCardProps, "text" | "protection" | "steps">;

/** Each means of protection, with a sign and words for its state. */
function States({ text, protection, steps }: StatesProps) {
  const words = text.account.protection;
  const { emailVerified, hasPassword, identities, factors, isAppBroken, recoveryCodes } =
    protection;
  const stateOf = (...those: ProtectionStep[]) => {
    return those.some((step) => steps.includes(step)) ? "open" : "good";
  };
  const factorNames = factors.map((factor) => {
    return factor === "otp" && isAppBroken ? words.brokenApp : words.factors[factor];
  });
  return (
    <>
      {emailVerified !== null && (
        <Fact label={words.email} state={stateOf("verify_email")}>
          {emailVerified ? words.confirmed : words.unconfirmed}
        </Fact>
      )}
      <Fact label={words.password} state="good">
        {hasPassword ? words.passwordSet : words.noPassword}
      </Fact>
      {identities.length > 0 && (
        <Fact label={words.signInWith} state="good">
          <a href="/account/identities">{identities.join(", ")}</a>
        </Fact>
      )}
      <Fact label={words.secondFactor} state={stateOf("add_factor", "repair_app")}>
        {factorNames.join(", ") || words.noFactor}
      </Fact>
      {factors.length > 0 && (
        <Fact label={words.recoveryCodes} state={stateOf("renew_codes")}>
          {words.codesLeft(recoveryCodes)}
        </Fact>
      )}
    </>
  );
}

interface FactProps {
  label: string;
  /** Absent where there is nothing to do. */
  state?: "good" | "open";
  children: Child;
}

function Fact({ label, state, children }: FactProps) {
  return (
    <div class={state}>
      <dt>{label}</dt>
      <dd>
        {state && <Icon name={state === "good" ? "check" : "alert"} />}
        <span>{children}</span>
      </dd>
    </div>
  );
}

function PreviousLoginText({ text, now, event }: { text: Text; now: Date; event: AccountEvent }) {
  const { at, device, network } = event;
  const from = device && text.sessions.device(device.browser, device.system);
  return (
    <>
      <RelativeTime text={text} time={at} now={now} />
      {[from, network].filter(Boolean).map((it) => `, ${it}`)}{" "}
      <a href="/account/activity">{text.account.protection.allActivity}</a>
    </>
  );
}

type LastLoginTextProps = Pick<ProtectionCardProps, "text" | "now"> & { lastLogin: LastLogin };

function LastLoginText({ text, now, lastLogin }: LastLoginTextProps) {
  const { createdAt, device, network, isCurrent } = lastLogin;
  const place = [text.sessions.device(device.browser, device.system), network].filter(Boolean);
  return (
    <>
      <RelativeTime text={text} time={createdAt} now={now} />, {place.join(", ")}{" "}
      {isCurrent && <span class="badge">{text.sessions.thisBrowser}</span>}
    </>
  );
}
