import type { AuthMethod, SessionKey } from "./session.ts";

/** The circumstances in which a session starts. */
export interface SessionInit {
  /** What was presented. */
  readonly methods: readonly AuthMethod[];
  /** When it was presented; null for a session that must not count as fresh. */
  readonly authenticatedAt: Date | null;
  /** The browser's fingerprint. */
  readonly fingerprint: string;
  /** The `User-Agent` header. */
  readonly userAgent: string;
  /** The network it comes from, shortened. */
  readonly network: string | null;
  /** The remember series of the same browser. */
  readonly seriesId: string | null;
  /** Whether the user may be inactive. */
  readonly allowInactive: boolean;
  /** The same browser's session that ends with this one's start. */
  readonly replaces: SessionKey | null;
  /** Whether it may only go on where that session left off, and not where it was ended. */
  readonly continues: boolean;
}

/** How a session begins that nothing was presented for. */
export function sessionInit(
  request: { readonly userAgent: string; readonly network: string | null },
  fingerprint: string,
): SessionInit {
  const { userAgent, network } = request;
  return {
    methods: [],
    authenticatedAt: null,
    fingerprint,
    userAgent,
    network,
    seriesId: null,
    allowInactive: false,
    replaces: null,
    continues: false,
  };
}
