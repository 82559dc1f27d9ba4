import {
  authenticateRequest,
  type AuthenticationResult,
  setRemember,
} from "./authenticate_request.ts";
import { decodeBase64Url, encodeBase64Url, utf8 } from "./bytes.ts";
import type { Cookies } from "./cookies.ts";
import { type Data, type DataOwner, guestDataOwner, sessionDataOwner } from "./data.ts";
import { Flashes } from "./flash.ts";
import { type Authentication, type LoginCore, reportEnds, type Superseded } from "./login_core.ts";
import { Operations, tooLate } from "./operations.ts";
import { checkMethods, checkStart } from "./option_checks.ts";
import type { StartOptions } from "./options.ts";
import { fingerprintOf } from "./protection.ts";
import { endSessionSeriesChange } from "./remember.ts";
import type { RequestInfo } from "./request_info.ts";
import {
  type AuthMethod,
  isFresh,
  type LoginUser,
  type Session,
  type SessionKey,
} from "./session.ts";
import { sessionInit } from "./session_init.ts";
import type { IssuedSession, StartedSession } from "./sessions.ts";
import { mergeChanges, type StoreChange } from "./store.ts";
import { formatToken, mintToken, type Token } from "./token.ts";

/** Whether a user was logged in. */
export type StartResult =
  | { readonly ok: true; readonly session: Session }
  | { readonly ok: false; readonly reason: "suspended" };

/**
 * Commits the session's change together with one of your own that raises the user's `epoch`, and
 * returns the user as changed; null when nothing was changed.
 *
 * @param sessionChange Makes the session's change for the changed user: call it for each attempt.
 * It is empty when the session is over. Name the methods that are worth nothing any more, such as
 * those of a factor that the commit removes: the session counts as never proved by them.
 */
export type CommitWithSession<U> = (
  sessionChange: (changed: U, forgotten?: readonly AuthMethod[]) => Promise<StoreChange>,
) => Promise<U | null>;

/** Whether this browser is logged in after a change of the user's `epoch`. */
export type RenewResult<U> =
  | { readonly ok: true; readonly user: U; readonly session: Session }
  /** Your commit changed nothing, or the session ended before it. */
  | { readonly ok: false; readonly reason: "not_changed" | "ended" };

/** Give up after this many write conflicts. */
const MAX_CONFLICTS = 10;

/**
 * Authentication of one request: done when it is first asked for, once, with the cookies that the
 * answer has to set because of it. It knows no framework.
 */
export class RequestAuth<U extends LoginUser> {
  readonly cookies: Cookies;
  readonly flashes: Flashes;
  readonly operations: Operations = new Operations();
  readonly #core: LoginCore<U>;
  readonly #info: RequestInfo;
  #result: Promise<AuthenticationResult<U>> | null = null;
  /** Updates of the data, one after the other: the first one may have to make a guest's cookie. */
  #updates: Promise<unknown> = Promise.resolve();
  /** The guest's token that this request's answer sets. */
  #guestToken: Token | null = null;

  constructor(core: LoginCore<U>, cookies: Cookies, info: RequestInfo) {
    this.#core = core;
    this.#info = info;
    this.cookies = cookies;
    this.flashes = new Flashes(cookies, core.keyring);
  }

  /** The current user with their session; null when nobody is logged in. */
  async authentication(): Promise<Authentication<U> | null> {
    return (await this.#authenticate()).authentication;
  }

  /** Whether a credential was presented in this session recently enough. */
  async isFresh(): Promise<boolean> {
    const session = (await this.authentication())?.session;
    return session ? isFresh(session, this.#core.lifetimes, this.#core.now()) : false;
  }

  /** Logs a user in; the browser's former session ends, and its remember series with it. */
  async start(user: U, options: StartOptions): Promise<StartResult> {
    checkStart(user, options);
    const { remember = false } = options;
    const duration = remember === true ? this.#core.lifetimes.remember : remember || null;
    const { emit } = this.#core;
    if (user.active === false && !options.allowInactive) {
      await emit({ type: "login_failed", reason: "suspended", userId: user.id });
      return { ok: false, reason: "suspended" };
    }

    const { superseded } = await this.#authenticate();
    const { issued, replaced, evicted } = await this.#startSession(user, options, duration);
    const { session } = issued;
    const ofSeries = superseded?.kind === "series"
      ? await this.#core.remember.endSeries(superseded.series)
      : [];
    this.flashes.dropAtLogin();
    this.#guestToken = null;
    this.#set({ user, session, from: "session" });
    await reportEnds(this.#core, [...replaced, ...ofSeries], "replaced");
    await reportEnds(this.#core, evicted, "evicted");
    await emit({ type: "logged_in", user, session });
    return { ok: true, session };
  }

  /**
   * The login that this request's token proved until a moment ago: the same form was sent twice,
   * and the other request renewed the session. It proves nobody without a credential.
   */
  async superseded(): Promise<{ user: U; session: Session } | null> {
    const { superseded } = await this.#authenticate();
    if (superseded?.kind !== "session" || !superseded.user) return null;
    const { user, session } = superseded;
    return { user, session: { ...session, secretDigest: session.previousDigest ?? "" } };
  }

  /** Renews the session after a credential was presented again; null when nobody is logged in. */
  async reauthenticate(methods: readonly AuthMethod[]): Promise<Session | null> {
    checkMethods(methods);
    const { user, session } = await this.authentication() ?? await this.superseded() ?? {};
    if (!user || !session) return null;

    const token = this.#successorToken(session);
    const renewal = this.#renewal(session, methods);
    const issued = await this.#core.sessions.reauthenticate(session, token, renewal);
    if (!issued) return null;
    this.#take(user, issued);
    await this.#core.emit({ type: "reauthenticated", user, session: issued.session });
    return issued.session;
  }

  /**
   * Renews the session in a commit that raises the user's epoch, which ends every other one. Without
   * methods it gets no fresher.
   */
  async renew(
    methods: readonly AuthMethod[],
    commit: CommitWithSession<U>,
  ): Promise<RenewResult<U>> {
    const isProof = !Array.isArray(methods) || methods.length > 0;
    if (isProof) checkMethods(methods);
    const session = (await this.authentication() ?? (isProof ? await this.superseded() : null))
      ?.session;
    if (!session) return { ok: false, reason: "ended" };

    const { sessions } = this.#core;
    const token = this.#successorToken(session);
    const renewal = this.#renewal(session, methods);
    const endSeriesChange = await this.#endSeriesChange(session);
    let issued = null as IssuedSession | null;
    const user = await commit(async (changed, forgotten = []) => {
      // The series is of the former epoch: it is worth nothing from now on.
      const epoch = changed.epoch ?? 0;
      const methods = renewal.methods.filter((method) => !forgotten.includes(method));
      const terms = { ...renewal, methods, epoch, seriesId: null };
      const prepared = await sessions.prepareRenewal(session, token, terms);
      issued = prepared?.issued ?? null;
      return prepared ? mergeChanges(prepared.change, endSeriesChange) : {};
    });
    if (!user) return { ok: false, reason: "not_changed" };
    if (!issued) return { ok: false, reason: "ended" };

    this.cookies.delete("remember");
    this.#take(user, issued);
    if (isProof) await this.#core.emit({ type: "reauthenticated", user, session: issued.session });
    return { ok: true, user, session: issued.session };
  }

  /** Logs out: every record of the session is deleted, not only the cookies. */
  async end(): Promise<Authentication<U> | null> {
    const { authentication, superseded } = await this.#authenticate();
    const session = authentication?.session ?? null;
    const extraChange = mergeChanges(
      await this.#endSeriesChange(session),
      await this.#deleteGuestDataChange(),
    );
    const ended = session
      ? await this.#endSession(session, extraChange, authentication?.version)
      : await this.#endSuperseded(superseded, extraChange);
    await reportEnds(this.#core, ended, "logged_out");
    this.cookies.delete("session");
    this.cookies.delete("remember");
    this.#guestToken = null;
    this.#set(null);
    await this.#core.emit({ type: "logged_out", user: authentication?.user ?? null });
    return authentication;
  }

  /** The session's data; an empty object when there is none. */
  async readData(): Promise<Data> {
    const owner = await this.#dataOwner();
    const data = owner && await this.#core.data.read(owner);
    if (owner?.kind === "guest" && !data) this.cookies.delete("session");
    return data ?? {};
  }

  /** Replaces the session's data; a guest gets a cookie for it. */
  updateData(change: (data: Data) => Data): Promise<Data> {
    const update = this.#updates.then(() => this.#updateData(change));
    this.#updates = update.catch(() => {});
    return update;
  }

  /** Keeps the refused path in a signed cookie. */
  keepNext(next: string): void {
    const text = encodeBase64Url(utf8(next));
    this.cookies.set("next", this.#core.keyring.sign("next", text));
  }

  /** The path that was kept, once; null when there is none. */
  takeNext(): string | null {
    const signed = this.cookies.get("next");
    this.cookies.delete("next");
    const text = signed ? this.#core.keyring.verify("next", signed) : null;
    const bytes = text === null ? null : decodeBase64Url(text);
    return bytes ? new TextDecoder().decode(bytes) : null;
  }

  #authenticate(): Promise<AuthenticationResult<U>> {
    return this.#result ??= this.operations.waitFor(
      authenticateRequest(this.#core, this.cookies, this.#info, this.operations),
    );
  }

  #set(authentication: Authentication<U> | null): void {
    this.#result = Promise.resolve({ authentication, superseded: null });
  }

  async #startSession(
    user: U,
    options: StartOptions,
    duration: number | null,
  ): Promise<StartedSession> {
    const { sessions, remember, now } = this.#core;
    const { authentication, superseded } = await this.#authenticate();
    const former = authentication?.session ??
      (superseded?.kind === "session" && superseded.session);
    const fingerprint = fingerprintOf(this.#info.description());
    const { issuer = null } = options;
    for (let attempt = 0; attempt < MAX_CONFLICTS; attempt++) {
      const replaces = former ? await sessions.latest(former) : null;
      const token = mintToken(user.id);
      const prepared = duration
        ? remember.prepareSeries(user, duration, { fingerprint, issuer })
        : null;
      const extraChange = mergeChanges(
        options.extraChange ?? {},
        prepared?.change ?? {},
        await this.#endSeriesChange(replaces?.session ?? null),
        await this.#moveDataChange(replaces?.session ?? null, user, token.id),
      );
      const started = await sessions.start(user, token, {
        ...sessionInit(this.#info, fingerprint),
        methods: options.methods,
        authenticatedAt: options.freshness === "not_fresh" ? null : now(),
        issuer,
        seriesId: prepared?.series.id ?? null,
        allowInactive: options.allowInactive ?? false,
        replaces,
      }, extraChange);
      if (!started.ok) continue; // read again what another request wrote meanwhile

      this.cookies.set("session", started.issued.token);
      if (prepared) setRemember(this.cookies, prepared.token, prepared.series.expiresAt, now());
      else this.cookies.delete("remember");
      return started;
    }
    throw new Error("Cannot log in: the session's data keeps changing");
  }

  /** The change that takes the former session's data along, or a guest's; never another user's. */
  async #moveDataChange(former: Session | null, user: U, id: string): Promise<StoreChange> {
    const { data, lifetimes, now } = this.#core;
    const from = former ? sessionDataOwner(former) : await this.#dataOwner();
    if (!from || (former && former.userId !== user.id)) return {};
    const expiresAt = new Date(now().getTime() + lifetimes.absolute);
    return await data.moveChange(from, sessionDataOwner({ userId: user.id, id, expiresAt }));
  }

  /**
   * The token that follows a session's own: the same id, and a secret derived from its digest under
   * the server's key. So a form that is sent twice, even in parallel, leads to one new token.
   */
  #successorToken({ userId, id, secretDigest }: Session): Token {
    const [mac] = this.#core.keyring.macs("session successor", `${id}.${secretDigest}`);
    return { userId, id, secret: encodeBase64Url(mac.subarray(0, 32)) };
  }

  #renewal(session: Session, methods: readonly AuthMethod[]) {
    const fingerprint = fingerprintOf(this.#info.description());
    return {
      fingerprint,
      methods: [...new Set([...session.methods, ...methods])],
      ...methods.length > 0 ? { authenticatedAt: this.#core.now() } : {},
    };
  }

  #take(user: U, { session, token }: IssuedSession): void {
    this.cookies.set("session", token);
    this.#set({ user, session, from: "session" });
  }

  async #endSession(
    session: Session,
    extraChange: StoreChange,
    version: string | undefined,
  ): Promise<readonly Session[]> {
    const { sessions } = this.#core;
    const read = version === undefined ? undefined : { session, version };
    const ended = await sessions.end(session, extraChange, read);
    // A logout also wins over a login of the same browser at the same moment.
    return ended ? [ended] : await this.#endLatest(session);
  }

  /** Ends what the cookies proved until a moment ago. */
  async #endSuperseded(
    superseded: Superseded<U> | null,
    extraChange: StoreChange,
  ): Promise<readonly Session[]> {
    const { remember, store } = this.#core;
    if (extraChange.delete?.length) await store.commit(extraChange);
    if (superseded?.kind === "series") return await remember.endSeries(superseded.series);
    return superseded ? await this.#endLatest(superseded.session) : [];
  }

  async #endLatest(key: SessionKey): Promise<readonly Session[]> {
    const { sessions } = this.#core;
    const latest = await sessions.latest(key);
    return latest && await sessions.end(latest.session) ? [latest.session] : [];
  }

  async #updateData(change: (data: Data) => Data): Promise<Data> {
    const { authentication, superseded } = await this.#authenticate();
    if (authentication && !authentication.session) {
      throw new Error(
        "Cannot keep session data: the user was named by the request and has no session",
      );
    }
    if (!authentication && superseded) {
      throw new Error("Cannot keep session data: the session's token was renewed meanwhile");
    }
    const known = await this.#dataOwner();
    const isTheirs = known?.kind === "session" ||
      (known !== null && await this.#core.data.read(known) !== null);
    if (known && isTheirs) return await this.#core.data.update(known, change);

    if (this.operations.answered) throw tooLate("keep session data");
    const guest = mintToken("");
    const data = await this.#core.data.update(this.#guestDataOwner(guest), change);
    this.#guestToken = guest;
    this.cookies.set("session", formatToken(guest));
    return data;
  }

  /** The change that ends the remember series of this browser. */
  async #endSeriesChange(session: Session | null): Promise<StoreChange> {
    const token = this.cookies.token("remember");
    const isSessions = token === null || token.id === session?.seriesId;
    const other = isSessions ? {} : await this.#core.remember.endSeriesChange(token);
    return mergeChanges(other, session ? endSessionSeriesChange(session) : {});
  }

  async #deleteGuestDataChange(): Promise<StoreChange> {
    const owner = await this.#dataOwner();
    return owner?.kind === "guest" ? await this.#core.data.deleteChange(owner) : {};
  }

  async #dataOwner(): Promise<DataOwner | null> {
    const authentication = await this.authentication();
    if (authentication) return authentication.session && sessionDataOwner(authentication.session);
    const token = this.#guestToken ?? this.cookies.token("session");
    return token?.userId === "" ? this.#guestDataOwner(token) : null;
  }

  #guestDataOwner(token: Token): DataOwner {
    const { now, lifetimes } = this.#core;
    return guestDataOwner(token, new Date(now().getTime() + lifetimes.absolute));
  }
}
