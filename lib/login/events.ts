import type { LoginUser, Session } from "./session.ts";

/** Where the current user was found. */
export type Source = "session" | "remember" | "request";

/** Why a session is over. */
export type EndReason =
  | "logged_out"
  | "replaced"
  | "expired"
  | "no_user"
  | "suspended"
  | "epoch"
  | "protected"
  | "reused"
  | "evicted"
  | "ended";

/** An event: Flask-Login's nine signals, and those that a log needs besides. */
export type LoginEvent<U extends LoginUser = LoginUser> =
  /** A user was logged in by `start`. */
  | { readonly type: "logged_in"; readonly user: U; readonly session: Session }
  /** Somebody was logged out by `end`; null when nobody was logged in. */
  | { readonly type: "logged_out"; readonly user: U | null }
  /** A remember cookie started a session. */
  | { readonly type: "loaded_from_remember"; readonly user: U; readonly session: Session }
  /** The request loader named the user. */
  | { readonly type: "loaded_from_request"; readonly user: U }
  /** A credential was presented again, by `reauthenticate`. */
  | { readonly type: "reauthenticated"; readonly user: U; readonly session: Session }
  /** A guard refused a guest. */
  | { readonly type: "unauthorized" }
  /** A guard refused a user whose login is not fresh. */
  | { readonly type: "reauthentication_needed"; readonly user: U }
  /** {@link Login.allowed} refused a user. */
  | { readonly type: "forbidden"; readonly user: U }
  /** The request was authenticated, at most once; `from` is null when nobody is logged in. */
  | { readonly type: "accessed"; readonly user: U | null; readonly from: Source | null }
  /**
   * The browser's fingerprint changed: the session is stale (`basic`) or over (`strong`). Null: a
   * remember cookie came from another browser.
   */
  | {
    readonly type: "session_protected";
    readonly userId: string;
    readonly session: Session | null;
  }
  /** A login was refused: by your app, with `reportFailure`, or by `start`, a suspended user's. */
  | { readonly type: "login_failed"; readonly reason: string; readonly userId: string | null }
  /** A session is over. */
  | {
    readonly type: "session_ended";
    readonly userId: string;
    readonly sessionId: string;
    readonly reason: EndReason;
  }
  /** A browser that had lost the answer with its new remember token came back with the old one. */
  | { readonly type: "remember_recovered"; readonly userId: string; readonly seriesId: string }
  /** A remember token was used a second time: its series is ended; next, its sessions are. */
  | { readonly type: "remember_reused"; readonly userId: string; readonly seriesId: string }
  /** The record that a token names is corrupt: the browser that sent it is not logged in. */
  | {
    readonly type: "record_corrupt";
    readonly kind: "session" | "remember";
    readonly userId: string;
    readonly id: string;
  };
