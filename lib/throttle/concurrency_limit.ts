/** Places for work that is expensive, such as a hash. */
const places = 80;
/** For one network: the rest is for others. Fewer than its free tries, or right ones would be refused. */
const placesOfNetwork = 64;
/** These are kept for accounts in browsers that are known for them. */
const keptPlaces = 16;
/** For one account or one network: whoever floods is soon known for an account of their own. */
const keptPlacesOfOne = 4;

/** As many as can be inside. */
export const MAX_CONCURRENT = places + keptPlaces;

/**
 * Lets in only as many as can be served in good time, and never one party alone: whoever is turned away is
 * turned away at once, before any work. One for each process, since that is what runs out of breath.
 */
export class ConcurrencyLimit {
  readonly #taken = new Map<string, number>();

  /** Takes a place, and gives the way out; null when there is none. */
  acquire(network: string): (() => void) | null {
    return this.#take([["all", places], [`network ${network}`, placesOfNetwork]]);
  }

  /** Takes one of the places that are kept for accounts in browsers that are known for them. */
  acquireReserved(account: string, network: string): (() => void) | null {
    return this.#take([
      ["kept", keptPlaces],
      [`kept for ${account}`, keptPlacesOfOne],
      [`kept for network ${network}`, keptPlacesOfOne],
    ]);
  }

  #take(bounds: readonly [name: string, most: number][]): (() => void) | null {
    if (bounds.some(([name, most]) => this.#count(name) >= most)) return null;
    for (const [name] of bounds) this.#taken.set(name, this.#count(name) + 1);
    return () => {
      for (const [name] of bounds) {
        const left = this.#count(name) - 1;
        if (left > 0) this.#taken.set(name, left);
        else this.#taken.delete(name);
      }
    };
  }

  #count(name: string): number {
    return this.#taken.get(name) ?? 0;
  }
}
