import { sessionInit } from "./session_init.ts";
import type { Cookies } from "./cookies.ts";
import { guestData, sessionData } from "./data.ts";
import { fingerprintOf } from "./protection.ts";
import {
  type Authentication,
  type LoginCore,
  reportEnd,
  type RequestInfo,
  type Superseded,
} from "./login_core.ts";
import { SECOND } from "./clock.ts";
import type { LoginUser, Session } from "./session.ts";
import { formatToken, type Token } from "./token.ts";

/**
 * Finds out who a request's visitor is: by the session, else by the remember cookie, else by the
 * request loader, else nobody. What one step cannot use never stops the next one.
 */
export class Lookup<U extends LoginUser> {
  readonly #core: LoginCore<U>;
  readonly #cookies: Cookies;
  readonly #request: RequestInfo;
  #superseded: Superseded | null = null;

  constructor(rules: LoginCore<U>, cookies: Cookies, request: RequestInfo) {
    this.#core = rules;
    this.#cookies = cookies;
    this.#request = request;
  }

  /** What the cookies proved until a moment ago: a logout still means that. */
  get superseded(): Superseded | null {
    return this.#superseded;
  }

  async authentication(): Promise<Authentication<U> | null> {
    const visitor = await this.#fromSession() ?? await this.#fromRemember() ??
      await this.#fromRequest();
    const { user = null, from = null } = visitor ?? {};
    await this.#core.emit({ type: "accessed", user, from });
    return visitor;
  }

  async #fromSession(): Promise<Authentication<U> | null> {
    const token = this.#cookies.token("session");
    if (!token || token.userId === "") return null;

    const resumed = await this.#core.sessions.resume(token);
    if (resumed.ok) return await this.#protect(resumed.user, resumed.session, resumed.version);
    // The browser has a newer cookie by now, or gets one: deleting it here would log it out.
    if (resumed.reason === "replaced") {
      this.#superseded = { kind: "session", name: resumed.former };
      return null;
    }

    this.#cookies.delete("session");
    if (resumed.reason === "corrupt") await this.#reportCorrupt("session", token);
    else if ("first" in resumed && resumed.first) {
      await reportEnd(this.#core, resumed.session, resumed.reason);
    }
    return null;
  }

  /** Compares fingerprints, and writes that the session is in use: in one commit, if any. */
  async #protect(user: U, session: Session, version: string): Promise<Authentication<U> | null> {
    const { sessions, protection, emit, now } = this.#core;
    const fingerprint = protection === "off"
      ? session.fingerprint
      : await fingerprintOf(this.#request.description);
    const isOther = session.fingerprint !== null && session.fingerprint !== fingerprint;
    if (isOther && protection === "strong") return await this.#endProtected(session);

    const isDue = sessions.isSeenDue(session);
    const changed: Session = {
      ...session,
      fingerprint,
      seenAt: isDue ? now() : session.seenAt,
      authenticatedAt: isOther ? null : session.authenticatedAt,
    };
    if (!isDue && fingerprint === session.fingerprint) {
      return { user, session, from: "session", version };
    }

    // Losing a race is fine: another request of this browser wrote the same, or the session ended.
    const writing = sessions.update(changed, version);
    // On a full disk pages can still be read: unwritten, the session ends earlier, never later.
    const first = isOther ? await writing : await writing.catch(() => false);
    if (first && isOther) {
      await emit({ type: "session_protected", userId: user.id, session: changed });
    }
    if (isDue && this.#core.extendRemember) await this.#extendRemember(session);
    return { user, session: changed, from: "session" };
  }

  async #endProtected(session: Session): Promise<null> {
    const ended = await this.#core.sessions.end(session);
    this.#cookies.delete("session");
    this.#cookies.delete("remember");
    if (ended) {
      await this.#core.emit({ type: "session_protected", userId: session.userId, session });
      await reportEnd(this.#core, session, "protected");
    }
    return null;
  }

  async #fromRemember(): Promise<Authentication<U> | null> {
    // Deleted by the step before: what strong protection threw out does not come back in. And a request
    // that was under way with a former session must not start another one beside its successor.
    if (this.#cookies.isDeleted("remember") || this.#superseded) return null;
    const token = this.#cookies.token("remember");
    if (!token) return null;

    const { remember, emit, protection } = this.#core;
    const fingerprint = await fingerprintOf(this.#request.description);
    const beginning = sessionInit(this.#request, fingerprint);
    const redeemed = await remember.redeem(
      token,
      beginning,
      protection === "strong" ? "strict" : "lenient",
    );
    if (redeemed.ok) {
      const { user, session, sessionToken, rememberToken, expiresAt } = redeemed;
      const { started } = redeemed;
      if (started) {
        await this.#takeGuestDataAlong(session);
        for (const other of started.replaced) await reportEnd(this.#core, other, "replaced");
        for (const other of started.evicted) await reportEnd(this.#core, other, "evicted");
        await emit({ type: "loaded_from_remember", user, session });
      }
      this.#cookies.set("session", sessionToken);
      this.#setRemember(rememberToken, expiresAt);
      return { user, session, from: "remember" };
    }

    // A late request of a browser that has the successor already: that one is not to be deleted.
    if (redeemed.reason === "superseded") {
      this.#superseded = { kind: "series", series: redeemed.series };
      return null;
    }
    this.#cookies.delete("remember");
    if (redeemed.reason === "corrupt") await this.#reportCorrupt("remember", token);
    if (redeemed.reason === "protected") {
      await emit({ type: "session_protected", userId: redeemed.series.userId, session: null });
    }
    if (redeemed.reason === "reused") {
      const { userId, id } = redeemed.series;
      for (const session of redeemed.sessions) await reportEnd(this.#core, session, "reused");
      await emit({ type: "remember_reused", userId, seriesId: id });
    }
    return null;
  }

  async #fromRequest(): Promise<Authentication<U> | null> {
    const user = await this.#core.requestLoader?.(this.#request.request) ?? null;
    if (!user || user.active === false) return null;
    await this.#core.emit({ type: "loaded_from_request", user });
    return { user, session: null, from: "request" };
  }

  async #extendRemember(session: Session): Promise<void> {
    const token = this.#cookies.token("remember");
    if (!token || token.id !== session.seriesId) return;
    const extended = await this.#core.remember.extend(token);
    if (extended) this.#setRemember(formatToken(token), extended.expiresAt);
  }

  #reportCorrupt(kind: "session" | "remember", { userId, id }: Token): Promise<void> {
    return this.#core.emit({ type: "record_corrupt", kind, userId, id });
  }

  /** What this browser kept before it was known who it is moves into the session. */
  async #takeGuestDataAlong(session: Session): Promise<void> {
    const guest = this.#cookies.token("session");
    if (guest?.userId !== "") return;
    const to = sessionData(session);
    await this.#core.store.commit(
      await this.#core.data.move(guestData(guest, session.expiresAt), to),
    );
  }

  #setRemember(token: string, expiresAt: Date): void {
    this.#cookies.set("remember", token, secondsUntil(expiresAt, this.#core.now()));
  }
}

/** What is left of a lifetime, as a cookie's `Max-Age` wants it. */
export function secondsUntil(end: Date, now: Date): number {
  return Math.max(1, Math.floor((end.getTime() - now.getTime()) / SECOND));
}
