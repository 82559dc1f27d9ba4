import { SECOND } from "../../lib/time.ts";

/** How much is measured. Times are in milliseconds. */
export interface Scale {
  /** Rounds of everything, one after the other; the tables show medians. */
  readonly rounds: number;
  /** One page in one round. */
  readonly pageTime: number;
  /** Pairs of refused logins for each reason. */
  readonly refusedLogins: number;
}

export const full: Scale = { rounds: 3, pageTime: 5 * SECOND, refusedLogins: 40 };
export const short: Scale = { rounds: 1, pageTime: 2 * SECOND, refusedLogins: 4 };
