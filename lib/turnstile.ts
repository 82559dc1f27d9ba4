/** Places for work that is expensive, such as a hash. */
const places = 80;
/** Of one party: the rest is for others. */
const placesOfOne = 64;
/** These are only for parties that are known; whoever floods is soon known for something. */
const placesForKnown = 16;
const placesOfOneKnown = 4;

/** As many as can be inside. */
export const mostInside = places + placesForKnown;

/**
 * Lets in only as many as can be served in good time, and never one party alone: whoever is turned away is
 * turned away at once, before any work. One for each process, since that is what runs out of breath.
 */
export class Turnstile {
  readonly #inside = new Map<string, number>();
  #total = 0;

  /** Whether there is a place; then `leave` has to be called for it. */
  enter(party: string, standing: "known" | "unknown"): boolean {
    const own = this.#inside.get(party) ?? 0;
    const [most, mostOwn] = standing === "known"
      ? [mostInside, placesOfOneKnown]
      : [places, placesOfOne];
    if (this.#total >= most || own >= mostOwn) return false;
    this.#inside.set(party, own + 1);
    this.#total++;
    return true;
  }

  /** Gives the place to the next. */
  leave(party: string): void {
    const own = this.#inside.get(party) ?? 0;
    if (own <= 1) this.#inside.delete(party);
    else this.#inside.set(party, own - 1);
    this.#total--;
  }
}
