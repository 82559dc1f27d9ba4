import { SECOND } from "../../lib/time.ts";

/** How much is measured. Times are in milliseconds. */
export interface Scale {
  /** Rounds of everything, one after the other; the tables show medians. */
  readonly rounds: number;
  /** One page in one round. */
  readonly pageTime: number;
  /** Logins without a pause, in one round. */
  readonly stormTime: number;
  /** Users of the databases that are compared. */
  readonly populations: readonly number[];
  /** Pairs of refused logins for each reason. */
  readonly refusedLogins: number;
}

export const full: Scale = {
  rounds: 3,
  pageTime: 5 * SECOND,
  stormTime: 9 * SECOND,
  populations: [100, 10_000, 100_000],
  refusedLogins: 40,
};
export const short: Scale = {
  rounds: 1,
  pageTime: 2 * SECOND,
  stormTime: 3 * SECOND,
  populations: [100, 10_000],
  refusedLogins: 4,
};

/** How much is measured of several instances. */
export interface InstancesScale {
  readonly revocations: number;
  /** In milliseconds, for each number of instances. */
  readonly loadTime: number;
  /** Of an instance, and as many of the store. */
  readonly kills: number;
}

export const fullInstances: InstancesScale = {
  revocations: 10_000,
  loadTime: 9 * SECOND,
  kills: 5,
};
export const shortInstances: InstancesScale = {
  revocations: 500,
  loadTime: 3 * SECOND,
  kills: 1,
};
