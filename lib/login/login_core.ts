import type { SessionData } from "./data.ts";
import type { EndReason, LoginEvent, Source } from "./events.ts";
import type { Keyring } from "./keyring.ts";
import type { SessionProtection } from "./protection.ts";
import type { Remember, Series } from "./remember.ts";
import type { Clock } from "./clock.ts";
import type { Lifetimes, LoginUser, Session, SessionKey } from "./session.ts";
import type { Sessions } from "./sessions.ts";
import type { SessionStore } from "./store.ts";

/** What every visit of a site works with. */
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

/** What a visit has to know of its request. */
export interface RequestInfo {
  readonly userAgent: string;
  /** What the fingerprint is made from. */
  readonly description: string;
  readonly network: string | null;
  readonly request: Request;
}

/** Who a visitor turned out to be. */
export interface Authentication<U> {
  readonly user: U;
  /** Null for a user whom the request itself names. */
  readonly session: Session | null;
  readonly from: Source;
  /** The version the session was read with; absent when it was written to since. */
  readonly version?: string;
}

/** What a request's cookies proved a moment ago, and another answer has replaced. */
export type Superseded =
  | { readonly kind: "session"; readonly name: SessionKey }
  | { readonly kind: "series"; readonly series: Series };

/** Reports that a session is over. */
export async function reportEnd<U extends LoginUser>(
  rules: LoginCore<U>,
  session: Session,
  reason: EndReason,
): Promise<void> {
  const { userId, id } = session;
  await rules.emit({ type: "session_ended", userId, sessionId: id, reason });
}
