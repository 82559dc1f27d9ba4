import type { ProviderFailure } from "./provider.ts";

/** An answer or a token that does not count; `detail` is the check that failed, for the log. */
export interface Refusal {
  readonly ok: false;
  readonly reason: "refused";
  readonly detail: string;
}

export function refused(detail: string): Refusal {
  return { ok: false, reason: "refused", detail };
}

export function unreachable(detail: string): ProviderFailure {
  return { ok: false, reason: "unreachable", detail };
}
