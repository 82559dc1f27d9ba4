import { SECOND } from "./clock.ts";
import type { Cookies } from "./cookies.ts";
import { guestDataOwner, sessionDataOwner } from "./data.ts";
import { MAX_REMEMBER } from "./lifetimes.ts";
import { type Authentication, type LoginCore, reportEnds, type Superseded } from "./login_core.ts";
import type { Operations } from "./operations.ts";
import { fingerprintOf } from "./protection.ts";
import type { RequestInfo } from "./request_info.ts";
import type { LoginUser, Session } from "./session.ts";
import { sessionInit } from "./session_init.ts";
import type { StoredSession } from "./sessions.ts";
import { formatToken, type Token } from "./token.ts";

/** Who is logged in, and what the cookies proved until a moment ago. */
export interface AuthenticationResult<U> {
  readonly authentication: Authentication<U> | null;
  /** The session or series of a token that was just renewed: a logout with it still ends them. */
  readonly superseded: Superseded<U> | null;
}

const noAuthentication = { authentication: null, superseded: null };

/**
 * Finds who is logged in: by the session, else by the remember cookie, else by the request loader,
 * else nobody. A step that finds nobody never stops the next one.
 */
export async function authenticateRequest<U extends LoginUser>(
  core: LoginCore<U>,
  cookies: Cookies,
  info: RequestInfo,
  operations: Operations,
): Promise<AuthenticationResult<U>> {
  let result = await fromSession(core, cookies, info, operations);
  // A superseded request must not start a session beside the browser's current one. And a token is
  // not redeemed when its successor cannot reach the browser: its next use would count as theft.
  if (!result.authentication && !result.superseded && !operations.answered) {
    result = await fromRemember(core, cookies, info);
  }
  const authentication = result.authentication ?? await fromRequest(core, info);
  const { user = null, from = null } = authentication ?? {};
  await core.emit({ type: "accessed", user, from });
  return { ...result, authentication };
}

async function fromSession<U extends LoginUser>(
  core: LoginCore<U>,
  cookies: Cookies,
  info: RequestInfo,
  operations: Operations,
): Promise<AuthenticationResult<U>> {
  const token = cookies.token("session");
  if (!token || token.userId === "") return noAuthentication;

  const resumed = await core.sessions.resume(token);
  if (resumed.ok) {
    const authentication = await protect(core, cookies, info, operations, resumed);
    return { authentication, superseded: null };
  }
  // The browser has a newer cookie by now, or gets one: deleting it here would log it out.
  if (resumed.reason === "superseded") {
    const { session, user } = resumed;
    return { authentication: null, superseded: { kind: "session", session, user } };
  }

  cookies.delete("session");
  if (resumed.reason === "corrupt") {
    const { userId, id } = token;
    await core.emit({ type: "record_corrupt", kind: "session", userId, id });
  } else if ("session" in resumed && resumed.isFirst) {
    await reportEnds(core, [resumed.session], resumed.reason);
  }
  return noAuthentication;
}

/** Compares fingerprints and notes that the session is used, in one commit at most. */
async function protect<U extends LoginUser>(
  core: LoginCore<U>,
  cookies: Cookies,
  info: RequestInfo,
  operations: Operations,
  { user, session, version }: StoredSession & { readonly user: U },
): Promise<Authentication<U> | null> {
  const fingerprint = core.protection === "off"
    ? session.fingerprint
    : fingerprintOf(info.description());
  const isOther = session.fingerprint !== null && session.fingerprint !== fingerprint;
  if (isOther && core.protection === "strong") {
    const ended = await core.sessions.end(session);
    cookies.delete("session");
    cookies.delete("remember");
    if (ended) {
      await core.emit({ type: "session_protected", userId: user.id, session });
      await reportEnds(core, [session], "protected");
    }
    return null;
  }

  const isDue = core.sessions.isSeenDue(session);
  if (!isDue && !session.isUnused && fingerprint === session.fingerprint) {
    return { user, session, from: "session", version };
  }

  const changed: Session = {
    ...session,
    fingerprint,
    seenAt: isDue ? core.now() : session.seenAt,
    authenticatedAt: isOther ? null : session.authenticatedAt,
    isUnused: false,
  };
  // A conflict is harmless: another request of this browser wrote the same, or the session ended.
  const confirm = session.isUnused ? core.remember.confirmChange(session) : Promise.resolve({});
  const writing = confirm.then((change) => core.sessions.update(changed, version, change));
  // On a full disk pages can still be read: without the write the session only ends earlier.
  const isFirst = isOther ? await writing : await writing.catch(() => false);
  if (isFirst && isOther) {
    await core.emit({ type: "session_protected", userId: user.id, session: changed });
  }
  const isExtended = isDue && core.extendRemember && !operations.answered;
  const token = isExtended ? cookies.token("remember") : null;
  if (token && token.id === session.seriesId) {
    const extended = await core.remember.extend(token);
    if (extended) setRemember(cookies, token, extended.expiresAt, core.now());
  }
  return { user, session: changed, from: "session" };
}

async function fromRemember<U extends LoginUser>(
  core: LoginCore<U>,
  cookies: Cookies,
  info: RequestInfo,
): Promise<AuthenticationResult<U>> {
  // Strong protection deleted it a moment ago, together with the session.
  if (cookies.isDeleted("remember")) return noAuthentication;
  const token = cookies.token("remember");
  if (!token) return noAuthentication;

  const redeemed = await core.remember.redeem(
    token,
    sessionInit(info, fingerprintOf(info.description())),
    core.protection === "strong" ? "strict" : "lenient",
  );
  if (redeemed.ok) {
    const { user, session, series, successor, started } = redeemed;
    if (started) {
      const guest = cookies.token("session");
      if (guest?.userId === "") {
        const from = guestDataOwner(guest, session.expiresAt);
        await core.store.commit(await core.data.moveChange(from, sessionDataOwner(session)));
      }
      await reportEnds(core, started.replaced, "replaced");
      await reportEnds(core, started.evicted, "evicted");
      await core.emit({ type: "loaded_from_remember", user, session });
      if (series.recoveredAt) {
        await core.emit({ type: "remember_recovered", userId: user.id, seriesId: series.id });
      }
    }
    cookies.set("session", formatToken(successor.session));
    setRemember(cookies, successor.remember, series.expiresAt, core.now());
    return { authentication: { user, session, from: "remember" }, superseded: null };
  }

  // The browser has the successor already, or gets it: that cookie must not be deleted.
  if (redeemed.reason === "superseded") {
    return { authentication: null, superseded: { kind: "series", series: redeemed.series } };
  }
  cookies.delete("remember");
  if (redeemed.reason === "corrupt") {
    const { userId, id } = token;
    await core.emit({ type: "record_corrupt", kind: "remember", userId, id });
  }
  if (redeemed.reason === "protected") {
    const { userId } = redeemed.series;
    await core.emit({ type: "session_protected", userId, session: null });
  }
  if (redeemed.reason === "reused") {
    const { userId, id } = redeemed.series;
    // Before the sessions end: a store that fails meanwhile must not hide the theft.
    await core.emit({ type: "remember_reused", userId, seriesId: id });
    await reportEnds(core, await core.remember.endSeries(redeemed.series), "reused");
  }
  return noAuthentication;
}

async function fromRequest<U extends LoginUser>(
  core: LoginCore<U>,
  info: RequestInfo,
): Promise<Authentication<U> | null> {
  const user = await core.requestLoader?.(info.request) ?? null;
  if (!user || user.active === false) return null;
  await core.emit({ type: "loaded_from_request", user });
  return { user, session: null, from: "request" };
}

/** Sets the remember cookie, with the rest of the series' lifetime in seconds. */
export function setRemember(cookies: Cookies, token: Token, expiresAt: Date, now: Date): void {
  const seconds = Math.floor((expiresAt.getTime() - now.getTime()) / SECOND);
  // A clock that was set back makes it longer than a browser may keep a cookie.
  cookies.set(
    "remember",
    formatToken(token),
    Math.min(Math.max(1, seconds), MAX_REMEMBER / SECOND),
  );
}
