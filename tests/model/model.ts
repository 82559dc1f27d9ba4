import { DAY, HOUR, MINUTE } from "../../lib/time.ts";

// What people may expect of the site, without tokens, records or HTTP. After a lost answer, or when
// the clock was set back, the model is less certain: a time lies between two, a login may have
// ended.

/** A time that lies between two. */
type Span = readonly [earliest: number, latest: number];

const NEVER: Span = [-Infinity, -Infinity];
const at = (time: number): Span => [time, time];

interface Account {
  name: string;
  password: string;
  /** A new generation ends every earlier login. */
  generation: number;
}

interface Identity {
  readonly who: number;
  readonly generation: number;
}

interface Login extends Identity {
  readonly accessedAt: Span;
  readonly authenticatedAt: Span;
  readonly expiresAt: Span;
}

/** What the model knows of one browser. */
export interface BrowserState {
  login: Login | null;
  remembered: Identity & { readonly expiresAt: number } | null;
  /** False when finding nobody logged in would be correct, too. */
  isCertain: boolean;
  /** Whose login a lost answer may have renewed: a credential brings it back for a minute. */
  supersededOf: number | null;
}

export type Certainty = "yes" | "no" | "maybe";

export class Model {
  now: number;
  readonly accounts: (Account | null)[];
  readonly states: readonly BrowserState[];
  /** Counted attempts of each person, kept below the limit. */
  readonly attempts: number[];
  /** Logins of each person: the site keeps 20. */
  readonly logins: number[];
  #generations = 0;

  constructor(now: Date, people: number, browsers: number) {
    this.now = now.getTime();
    this.accounts = Array.from({ length: people }, () => null);
    this.attempts = this.accounts.map(() => 0);
    this.logins = this.accounts.map(() => 0);
    this.states = Array.from({ length: browsers }, () => ({
      login: null,
      remembered: null,
      isCertain: true,
      supersededOf: null,
    }));
  }

  state(browser: number): BrowserState {
    return this.states[browser] as BrowserState;
  }

  register(who: number, name: string, password: string): void {
    this.accounts[who] = { name, password, generation: this.#generations++ };
  }

  /** Ends every login of a person. */
  endLogins(who: number): void {
    const account = this.accounts[who];
    if (account) account.generation = this.#generations++;
  }

  logIn(state: BrowserState, who: number, remember: boolean): void {
    const { generation } = this.accounts[who] as Account;
    const { now } = this;
    this.logins[who] = (this.logins[who] ?? 0) + 1;
    state.login = {
      who,
      generation,
      accessedAt: at(now),
      authenticatedAt: at(now),
      expiresAt: at(now + DAY),
    };
    state.remembered = remember ? { who, generation, expiresAt: now + 30 * DAY } : null;
    state.isCertain = true;
    state.supersededOf = null;
  }

  /** Perhaps somebody who was logged in did so again: nobody heard the answer. */
  mayLogIn(state: BrowserState, who: number, remember: boolean): void {
    const { login, remembered, supersededOf } = state;
    this.logIn(state, who, remember);
    const span = ([earliest]: Span, [, latest]: Span): Span => [earliest, latest];
    if (state.login && login) {
      state.login = {
        ...state.login,
        accessedAt: span(login.accessedAt, state.login.accessedAt),
        authenticatedAt: span(login.authenticatedAt, state.login.authenticatedAt),
        expiresAt: span(login.expiresAt, state.login.expiresAt),
      };
    }
    state.remembered ??= remembered;
    state.supersededOf = supersededOf;
    state.isCertain = false;
  }

  /** The password was changed, and this login kept: it ends when it would have ended. */
  keep(state: BrowserState, who: number): void {
    const { login } = state;
    this.logIn(state, who, false);
    if (state.login && login) state.login = { ...state.login, expiresAt: login.expiresAt };
  }

  /** A credential was presented with the token of a login that a lost answer had renewed. */
  resume(state: BrowserState, who: number): void {
    const { remembered } = state;
    this.logIn(state, who, false);
    Object.assign(state, { remembered, isCertain: false });
  }

  logOut(state: BrowserState): void {
    state.login = null;
    // After a lost answer the session may have ended while the remember cookie is still good.
    if (state.isCertain) state.remembered = null;
  }

  /** The person whose logins a browser holds, valid or not. */
  ownerOf({ login, remembered }: BrowserState): number | null {
    return login?.who ?? remembered?.who ?? null;
  }

  hasLogin(state: BrowserState): Certainty {
    const { login, remembered, isCertain } = state;
    const held = login && this.#holds(login) ? this.#isAlive(login) : "no";
    const restored = remembered && this.#holds(remembered) && this.now < remembered.expiresAt;
    const certainty = restored ? "yes" : held;
    return certainty === "yes" && !isCertain ? "maybe" : certainty;
  }

  isFresh({ login, isCertain }: BrowserState): Certainty {
    if (!login) return "no";
    const [earliest, latest] = login.authenticatedAt.map((it) => it + 10 * MINUTE) as [
      number,
      number,
    ];
    if (this.now >= latest) return "no";
    return this.now < earliest && this.now >= login.authenticatedAt[1] && isCertain
      ? "yes"
      : "maybe";
  }

  /** A request was answered while somebody was logged in. */
  use(state: BrowserState, wholly: boolean): void {
    const { login, remembered } = state;
    const { now } = this;
    const alive = login && this.#holds(login) ? this.#isAlive(login) : "no";
    if (alive === "no" && remembered) {
      const { who, generation } = remembered;
      this.logins[who] = (this.logins[who] ?? 0) + 1;
      state.login = {
        who,
        generation,
        accessedAt: at(now),
        authenticatedAt: NEVER,
        expiresAt: at(now + DAY),
      };
      return;
    }
    if (!login) return;
    const accessedAt = login.accessedAt.map((it) => now - it >= 5 * MINUTE ? now : it) as [
      number,
      number,
    ];
    if (!wholly) accessedAt[0] = login.accessedAt[0];
    state.login = { ...login, accessedAt };
    if (alive === "maybe" && remembered) {
      state.login = {
        ...state.login,
        accessedAt: [accessedAt[0], now],
        authenticatedAt: [-Infinity, login.authenticatedAt[1]],
        expiresAt: [login.expiresAt[0], now + DAY],
      };
    }
  }

  /** The password was confirmed again. */
  reauthenticate(state: BrowserState): void {
    if (!state.login) return;
    state.login = { ...state.login, accessedAt: at(this.now), authenticatedAt: at(this.now) };
  }

  pass(duration: number): void {
    this.now += duration;
    if (duration < 0) { for (const state of this.states) state.isCertain = false; }
  }

  #holds({ who, generation }: Identity): boolean {
    return this.accounts[who]?.generation === generation;
  }

  #isAlive({ accessedAt, expiresAt }: Login): Certainty {
    if (this.now >= Math.min(accessedAt[1] + 2 * HOUR, expiresAt[1])) return "no";
    return this.now < Math.min(accessedAt[0] + 2 * HOUR, expiresAt[0]) ? "yes" : "maybe";
  }
}
