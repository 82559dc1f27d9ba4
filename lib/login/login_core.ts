import type { Clock } from "./clock.ts";
import { SessionData } from "./data.ts";
import type { EndReason, LoginEvent, Source } from "./events.ts";
import { Keyring } from "./keyring.ts";
import type { Lifetimes } from "./lifetimes.ts";
import type { Options } from "./options.ts";
import type { SessionProtection } from "./protection.ts";
import { Remember, type Series } from "./remember.ts";
import type { LoginUser, Session } from "./session.ts";
import { Sessions } from "./sessions.ts";
import type { SessionStore } from "./store.ts";

/** The collaborators and settings that every request of a login shares. */
export interface LoginCore<U extends LoginUser> {
  readonly store: SessionStore;
  readonly sessions: Sessions<U>;
  readonly remember: Remember<U>;
  readonly data: SessionData;
  readonly keyring: Keyring;
  readonly lifetimes: Lifetimes;
  readonly protection: SessionProtection;
  readonly extendRemember: boolean;
  readonly requestLoader: ((request: Request) => Promise<U | null>) | null;
  readonly now: Clock;
  readonly emit: (event: LoginEvent<U>) => Promise<void>;
}

/** What all requests share: the rest is made with the context of each. */
export type SharedCore<U extends LoginUser> = Omit<LoginCore<U>, "emit" | "requestLoader">;

/** Makes the collaborators that all requests share. */
export function createCore<U extends LoginUser, Context>(
  options: Options<U, Context>,
): SharedCore<U> {
  const { store, loadUser, lifetimes, limits, protection, now } = options;
  const { extendRemember = false } = options;
  const keyring = new Keyring(options.keys);
  const sessions = new Sessions(store, loadUser, lifetimes, now, limits);
  const remember = new Remember(store, sessions, loadUser, keyring, now);
  const data = new SessionData(store, now);
  const settings = { lifetimes, protection, extendRemember, now };
  return { store, sessions, remember, data, keyring, ...settings };
}

/** Who is logged in. */
export interface Authentication<U> {
  readonly user: U;
  /** Null for a user whom the request loader named. */
  readonly session: Session | null;
  readonly from: Source;
  /** The version of the session's record as it was read; absent when it was written to since. */
  readonly version?: string;
}

/** The session or the series of a token that was renewed a moment ago. */
export type Superseded<U> =
  /** The user is null where the session is over by now. */
  | { readonly kind: "session"; readonly session: Session; readonly user: U | null }
  | { readonly kind: "series"; readonly series: Series };

/** Emits that sessions are over. */
export async function reportEnds<U extends LoginUser>(
  { emit }: Pick<LoginCore<U>, "emit">,
  sessions: readonly Session[],
  reason: EndReason,
): Promise<void> {
  for (const { userId, id } of sessions) {
    await emit({ type: "session_ended", userId, sessionId: id, reason });
  }
}
