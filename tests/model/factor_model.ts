import { MINUTE, SECOND } from "../../lib/time.ts";
import type { Certainty } from "./model.ts";

// What one person may expect of a site once a second factor protects the account. Where an answer
// was lost, the model knows less: something may have happened, or not.

/** A session of a browser, if the browser still has it. */
interface Login {
  readonly generation: number;
  /** When a credential was last presented in it; null in a remembered browser. */
  readonly authenticatedAt: number | null;
  /** Whether a second factor was presented in it. */
  readonly proved: Certainty;
}

interface Pending {
  readonly generation: number;
  readonly expiresAt: number;
  readonly remember: boolean;
  /** False when a lost answer may have ended it. */
  readonly isCertain: boolean;
}

export interface BrowserState {
  login: Login | null;
  remembered: { readonly generation: number } | null;
  /** The login that waits for its second factor. */
  pending: Pending | null;
  /** Whether a lost answer may have renewed the session: a credential brings it back. */
  isSuperseded: boolean;
}

/** An app on the phone, and the recovery codes that came along. */
interface Factor {
  readonly key: string;
  /** The step of the last code that was used lies between these. */
  lastStep: readonly [earliest: number, latest: number];
  readonly codes: Map<string, "new" | "used" | "maybe used">;
}

export type Counted = "password" | "totp" | "recovery_code";

export class FactorModel {
  now: number;
  password: string;
  factor: Factor | null = null;
  readonly states: readonly BrowserState[];
  /** Counted attempts, kept below the limit. */
  readonly attempts: Record<Counted, number> = { password: 0, totp: 0, recovery_code: 0 };
  resets = 0;
  /** A new generation ends every earlier session and every pending login. */
  #generation = 0;

  constructor(now: Date, password: string, browsers: number) {
    this.now = now.getTime();
    this.password = password;
    this.states = Array.from({ length: browsers }, () => ({
      login: null,
      remembered: null,
      pending: null,
      isSuperseded: false,
    }));
  }

  state(browser: number): BrowserState {
    return this.states[browser] as BrowserState;
  }

  get step(): number {
    return Math.floor(this.now / (30 * SECOND));
  }

  endLogins(): void {
    this.#generation++;
  }

  logIn(state: BrowserState, proved: Certainty, remember: boolean): void {
    const generation = this.#generation;
    state.login = { generation, authenticatedAt: this.now, proved };
    state.remembered = remember ? { generation } : null;
    state.pending = null;
    state.isSuperseded = false;
  }

  /** A remembered browser began a session by itself. */
  restore(state: BrowserState): void {
    state.login = { generation: this.#generation, authenticatedAt: null, proved: "no" };
  }

  /** A session goes on under a new token; nothing was presented. */
  renew(state: BrowserState, proved: Certainty): void {
    if (!state.login) return;
    state.login = { ...state.login, generation: this.#generation, proved };
    state.remembered = null;
  }

  reauthenticate(state: BrowserState, proved: Certainty): void {
    const before = state.login?.proved ?? "maybe";
    state.login = {
      generation: this.#generation,
      authenticatedAt: this.now,
      proved: proved === "yes" ? "yes" : before,
    };
    state.isSuperseded = false;
  }

  beginPending(state: BrowserState, remember: boolean): void {
    const expiresAt = this.now + 10 * MINUTE;
    state.pending = { generation: this.#generation, expiresAt, remember, isCertain: true };
  }

  /** Whether the login of a browser still waits for its second factor at a time. */
  holdsPending({ pending }: BrowserState, time: number): Certainty {
    const holds = pending?.generation === this.#generation && time < pending.expiresAt;
    if (!holds) return "no";
    return pending.isCertain ? "yes" : "maybe";
  }

  mayBeLoggedIn({ login, remembered }: BrowserState): boolean {
    return [login, remembered].some((it) => it?.generation === this.#generation);
  }

  /** Whether pages open that need a fresh login, for somebody who is logged in. */
  isFresh({ login }: BrowserState): Certainty {
    if (!login || login.authenticatedAt === null) return "no";
    if (this.now >= login.authenticatedAt + 10 * MINUTE) return "no";
    return this.factor ? login.proved : "yes";
  }

  /** Whether the code that the app shows now is right. */
  isNewStep(): Certainty {
    const [earliest, latest] = this.factor?.lastStep ?? [0, 0];
    if (this.step > latest) return "yes";
    return this.step > earliest ? "maybe" : "no";
  }

  pass(duration: number): void {
    this.now += duration;
  }
}
