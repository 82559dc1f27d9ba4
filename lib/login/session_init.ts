import type { RequestInfo } from "./request_info.ts";
import type { AuthMethod } from "./session.ts";
import type { StoredSession } from "./sessions.ts";

/** The circumstances in which a session starts. */
export interface SessionInit {
  /** The credentials that were presented. */
  readonly methods: readonly AuthMethod[];
  /** When they were presented; null for a session that must not count as fresh. */
  readonly authenticatedAt: Date | null;
  /** The OpenID provider that vouched for them. */
  readonly issuer: string | null;
  /** The browser's fingerprint. */
  readonly fingerprint: string;
  /** The `User-Agent` header. */
  readonly userAgent: string;
  /** The network of the request, shortened. */
  readonly network: string | null;
  /** The remember series of the same browser. */
  readonly seriesId: string | null;
  /** Whether the user may be inactive. */
  readonly allowInactive: boolean;
  /** Whether a remember token starts it, so that the browser may never hear of it. */
  readonly isUnused: boolean;
  /** The session of the same browser that ends when this one starts. */
  readonly replaces: StoredSession | null;
}

/** The circumstances of a session for which no credential was presented; `Sessions` starts it. */
export function sessionInit(
  { userAgent, network }: Pick<RequestInfo, "userAgent" | "network">,
  fingerprint: string,
): SessionInit {
  return {
    methods: [],
    authenticatedAt: null,
    issuer: null,
    fingerprint,
    userAgent,
    network: network(),
    seriesId: null,
    allowInactive: false,
    isUnused: false,
    replaces: null,
  };
}
