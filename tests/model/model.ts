import { DAY, HOUR, MINUTE } from "../../lib/time.ts";

// What people may expect of the site, kept beside it: no tokens, no records, no HTTP. Where an answer was
// lost, or the clock was set back, it knows less: a moment lies between two, a login may be over.

/** A moment that lies between two. */
type Span = readonly [earliest: number, latest: number];

const never: Span = [-Infinity, -Infinity];
const at = (time: number): Span => [time, time];

interface Account {
  name: string;
  password: string;
  /** Another one ends every login that was made under the one before. */
  generation: number;
}

interface Proof {
  readonly who: number;
  readonly generation: number;
}

interface Login extends Proof {
  readonly seen: Span;
  readonly proved: Span;
  readonly until: Span;
}

/** A browser, and who is logged in there. */
export interface Place {
  login: Login | null;
  remembered: Proof & { readonly until: number } | null;
  /** False when it would not be wrong to find nobody logged in. */
  sure: boolean;
}

export type Certainty = "yes" | "no" | "maybe";

export class Model {
  now: number;
  readonly accounts: (Account | null)[];
  readonly places: readonly Place[];
  /** Credentials that were presented in vain, or whose count may stand: nobody is made to wait here. */
  readonly strikes: number[];
  /** Logins: the site keeps 20 of each user. */
  readonly logins: number[];
  #generations = 0;

  constructor(now: Date, people: number, browsers: number) {
    this.now = now.getTime();
    this.accounts = Array.from({ length: people }, () => null);
    this.strikes = this.accounts.map(() => 0);
    this.logins = this.accounts.map(() => 0);
    this.places = Array.from({ length: browsers }, () => ({
      login: null,
      remembered: null,
      sure: true,
    }));
  }

  place(browser: number): Place {
    return this.places[browser] as Place;
  }

  register(who: number, name: string, password: string): void {
    this.accounts[who] = { name, password, generation: this.#generations++ };
  }

  /** Ends every login of somebody. */
  endAll(who: number): void {
    const account = this.accounts[who];
    if (account) account.generation = this.#generations++;
  }

  logIn(place: Place, who: number, remember: boolean): void {
    const { generation } = this.accounts[who] as Account;
    const { now } = this;
    this.logins[who] = (this.logins[who] ?? 0) + 1;
    place.login = { who, generation, seen: at(now), proved: at(now), until: at(now + DAY) };
    place.remembered = remember ? { who, generation, until: now + 30 * DAY } : null;
    place.sure = true;
  }

  logOut(place: Place): void {
    place.login = null;
    // After a lost answer the remember cookie may only rest, until the mark of a former login is gone.
    if (place.sure) place.remembered = null;
  }

  /** Whose logins a place holds, alive or not. */
  ownerOf({ login, remembered }: Place): number | null {
    return login?.who ?? remembered?.who ?? null;
  }

  isIn(place: Place): Certainty {
    const { login, remembered, sure } = place;
    const held = login && this.#holds(login) ? this.#isAlive(login) : "no";
    const restored = remembered && this.#holds(remembered) && this.now < remembered.until;
    const certainty = restored ? "yes" : held;
    return certainty === "yes" && !sure ? "maybe" : certainty;
  }

  isFresh({ login, sure }: Place): Certainty {
    if (!login) return "no";
    const [earliest, latest] = login.proved.map((it) => it + 10 * MINUTE) as [number, number];
    if (this.now >= latest) return "no";
    return this.now < earliest && this.now >= login.proved[1] && sure ? "yes" : "maybe";
  }

  /** Somebody was found logged in there, by a request that was answered. */
  use(place: Place, wholly: boolean): void {
    const { login, remembered } = place;
    const { now } = this;
    const alive = login && this.#holds(login) ? this.#isAlive(login) : "no";
    if (alive === "no" && remembered) {
      const { who, generation } = remembered;
      this.logins[who] = (this.logins[who] ?? 0) + 1;
      place.login = { who, generation, seen: at(now), proved: never, until: at(now + DAY) };
      return;
    }
    if (!login) return;
    const seen = login.seen.map((it) => now - it >= 5 * MINUTE ? now : it) as [number, number];
    if (!wholly) seen[0] = login.seen[0];
    place.login = { ...login, seen };
    if (alive === "maybe" && remembered) {
      place.login = {
        ...place.login,
        seen: [seen[0], now],
        proved: [-Infinity, login.proved[1]],
        until: [login.until[0], now + DAY],
      };
    }
  }

  /** A credential was presented again. */
  prove(place: Place): void {
    if (!place.login) return;
    place.login = { ...place.login, seen: at(this.now), proved: at(this.now) };
  }

  pass(duration: number): void {
    this.now += duration;
    if (duration < 0) { for (const place of this.places) place.sure = false; }
  }

  #holds({ who, generation }: Proof): boolean {
    return this.accounts[who]?.generation === generation;
  }

  #isAlive({ seen, until }: Login): Certainty {
    if (this.now >= Math.min(seen[1] + 2 * HOUR, until[1])) return "no";
    return this.now < Math.min(seen[0] + 2 * HOUR, until[0]) ? "yes" : "maybe";
  }
}
