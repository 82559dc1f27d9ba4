import { type AccountEvent, publicEvent } from "../lib/account/event.ts";
import type { User } from "../lib/account/user.ts";
import { readDevice } from "../lib/http/user_agent.ts";
import type { Services } from "./services.ts";

/** Of the format: a field that goes or changes its meaning raises it. */
const VERSION = 1;
const EVENTS_AT_ONCE = 100;

type Used = Pick<
  Services,
  | "login"
  | "accounts"
  | "totp"
  | "recoveryCodes"
  | "passkeys"
  | "identities"
  | "roles"
  | "apiTokens"
  | "emailTokens"
  | "events"
  | "now"
>;

/** Which field of the file tells of which kinds of records. */
export const toldIn: Readonly<Record<string, readonly string[]>> = {
  user: ["user", "user_by_email", "user_by_time", "user_by_name"],
  password: ["password"],
  sessions: ["session", "session_data"],
  secondFactors: ["totp", "recovery_code"],
  passkeys: ["passkey", "passkey_owner"],
  identities: ["identity", "identity_of"],
  roles: ["role"],
  apiTokens: ["api_token"],
  mailedLinks: ["email_token"],
  events: ["event", "event_by_time"],
};

/** Kinds of records that the file does not tell of, and why. */
export const leftOut: Readonly<Record<string, string>> = {
  remember: "a digest and dates; the sessions that came of it are told",
  pending_login: "waits for a second factor, for ten minutes",
  new_recovery_codes: "secrets, for ten minutes until their page shows them",
  new_api_token: "a secret, for ten minutes until its page shows it",
  api_token_end: "when to remind of the end of an API token, which is told with the token",
  challenge: "a used challenge of a passkey, for minutes",
  provider_session: "a sealed name of a session at a provider, until the session ends",
  logout_token: "the id of a logout at a provider that was used; it names nobody",
  oidc_transaction: "one step of a sign-in, sealed, for ten minutes",
  proved_identity: "one step of a sign-in, sealed, for ten minutes",
  held_request: "a form that waits for a proof, sealed, for ten minutes",
  admin_invite: "an invitation by the operator, for an hour",
  rate: "counts of attempts under digests; they name nobody",
  outbox: "mails that are about to be sent to the person",
  mailbox: "mails of development, which stay on the developer's machine",
  health: "written at the start, as a test",
};

/** Tells everything that the site knows about a person, but no secrets. */
export class AccountExport {
  readonly #services: Used;

  constructor(services: Used) {
    this.#services = services;
  }

  /**
   * The file as JSON, piece by piece. Where the database fails on the way, the text ends in the
   * middle: it cannot be taken for a complete file.
   */
  async *pieces(user: User): AsyncGenerator<string> {
    const { now } = this.#services;
    yield `{"format":"latchkey-account","version":${VERSION},"exportedAt":${json(now())}`;
    for (const [name, read] of Object.entries(this.#sections(user))) {
      yield `,"${name}":${json(await read())}`;
    }
    yield `,"events":[`;
    let isFirst = true;
    for await (const event of this.#events(user)) {
      yield (isFirst ? "" : ",") + json(publicEvent(event));
      isFirst = false;
    }
    yield "]}\n";
  }

  #sections(user: User) {
    const { accounts, totp, recoveryCodes, passkeys, identities } = this.#services;
    const { roles, apiTokens, emailTokens } = this.#services;
    return {
      user: () => describeUser(user),
      password: async () => ({ isSet: await accounts.hasPassword(user.id) }),
      sessions: () => this.#sessions(user),
      secondFactors: async () => ({
        app: await totp.find(user.id).then((app) =>
          app && { enrolledAt: app.enrolledAt, disabledAt: app.disabledAt }
        ),
        recoveryCodesLeft: await recoveryCodes.count(user.id),
      }),
      passkeys: async () =>
        (await passkeys.list(user.id)).map(({ id, name, transports, createdAt, lastUsedAt }) => {
          return { id, name, transports, createdAt, lastUsedAt };
        }),
      identities: async () =>
        (await identities.list(user.id)).map((it) => {
          const { issuer, provider, subject, email, linkedAt, lastUsedAt, loggedOutAt } = it;
          return { issuer, provider, subject, email, linkedAt, lastUsedAt, loggedOutAt };
        }),
      roles: () => roles.list(user),
      apiTokens: async () =>
        (await apiTokens.list(user)).map((it) => {
          const { id, name, scopes, createdAt, expiresAt, lastUsedAt } = it;
          return { id, name, scopes, createdAt, expiresAt, lastUsedAt };
        }),
      mailedLinks: async () =>
        (await emailTokens.list(user.id)).map(({ purpose, email, createdAt, expiresAt }) => {
          return { purpose, email, createdAt, expiresAt };
        }),
    };
  }

  async #sessions(user: User) {
    const { login } = this.#services;
    return await Promise.all((await login.sessions(user)).map(async (session) => {
      const { id, createdAt, seenAt, authenticatedAt, methods, issuer, network } = session;
      const { userAgent, expiresAt } = session;
      const { browser, system } = readDevice(userAgent);
      return {
        ...{ id, createdAt, seenAt, authenticatedAt, expiresAt, methods, issuer },
        ...{ network, userAgent, browser, system },
        data: await login.dataOf(session),
      };
    }));
  }

  /** The newest first, in pages: a thousand of them need not fit the memory at once. */
  async *#events(user: User): AsyncGenerator<AccountEvent> {
    let after: string | undefined;
    do {
      const page = await this.#services.events.list(user.id, { after, limit: EVENTS_AT_ONCE });
      yield* page.events;
      after = page.after ?? undefined;
    } while (after !== undefined);
  }
}

/** Without the marks by which repeated commits are recognised. */
function describeUser(user: User) {
  const { id, email, emailVerified, name, lang, active, suspension, passwordCompromised } = user;
  const { factors, newBrowserNotices, createdAt, expiresAt, undone } = user;
  return {
    ...{ id, email, emailVerified, name, lang, active, suspension, passwordCompromised },
    ...{ factors, newBrowserNotices, createdAt, expiresAt, undone },
  };
}

function json(value: unknown): string {
  return JSON.stringify(value);
}
