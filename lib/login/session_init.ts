import type { Method, SessionName } from "./session.ts";

/** The circumstances in which a session starts. */
export interface Beginning {
  /** What was presented. */
  readonly methods: readonly Method[];
  /** When it was presented; null for a session that must not count as fresh. */
  readonly provedAt: Date | null;
  /** The browser's fingerprint. */
  readonly fingerprint: string;
  /** The `User-Agent` header. */
  readonly userAgent: string;
  /** The network it comes from, shortened. */
  readonly place: string | null;
  /** The remember series of the same browser. */
  readonly seriesId: string | null;
  /** Whether the user may be inactive. */
  readonly evenInactive: boolean;
  /** The same browser's session that ends with this one's start. */
  readonly replaces: SessionName | null;
  /** Whether it may only go on where that session left off, and not where it was ended. */
  readonly continues: boolean;
}

/** How a session begins that nothing was presented for. */
export function beginningOf(
  request: { readonly userAgent: string; readonly place: string | null },
  fingerprint: string,
): Beginning {
  const { userAgent, place } = request;
  return {
    methods: [],
    provedAt: null,
    fingerprint,
    userAgent,
    place,
    seriesId: null,
    evenInactive: false,
    replaces: null,
    continues: false,
  };
}
