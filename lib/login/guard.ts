import { SECOND } from "./clock.ts";
import type { LoginEvent } from "./events.ts";
import type { Lifetimes } from "./lifetimes.ts";
import type { AreaOptions } from "./options.ts";
import type { RequestAuth } from "./request_auth.ts";
import type { AuthMethod, LoginUser, Session } from "./session.ts";

/** What a route knows behind {@link Login.required}. */
export interface LoggedIn<U> {
  /** The current user. */
  user: U;
  /** The current session; null for a user whom the request loader named. */
  session: Session | null;
}

/** What a route knows behind {@link Login.fresh}. */
export interface FreshlyLoggedIn<U> {
  /** The current user. */
  user: U;
  /** The current session. */
  session: Session;
}

/** What a guard asks of a login: no more, that it is fresh, or one of these methods. */
export type Proof = "any" | "fresh" | readonly AuthMethod[];

/** Why a guard refuses a request: the event that reports it. */
export type Refusal<U extends LoginUser> = Extract<
  LoginEvent<U>,
  { readonly type: "unauthorized" | "reauthentication_needed" | "forbidden" }
>;

/** Whether a guard lets a request in. */
export type Admission<U extends LoginUser> =
  | { readonly ok: true; readonly login: LoggedIn<U> }
  | { readonly ok: false; readonly refusal: Refusal<U> };

/** Decides whether a guard lets a request in. */
export async function admit<U extends LoginUser>(
  auth: RequestAuth<U>,
  proof: Proof,
  rule: (user: U) => boolean,
): Promise<Admission<U>> {
  const authentication = await auth.authentication();
  if (!authentication || authentication.user.active === false) {
    return { ok: false, refusal: { type: "unauthorized" } };
  }
  const { user, session } = authentication;
  // A request loader's user has no session that could be fresh.
  const proves = proof === "any" ||
    (proof === "fresh" ? await auth.isFresh() : hasMethod(session, proof));
  if (!proves) return { ok: false, refusal: { type: "reauthentication_needed", user } };
  if (!rule(user)) return { ok: false, refusal: { type: "forbidden", user } };
  return { ok: true, login: { user, session } };
}

function hasMethod(session: Session | null, methods: readonly AuthMethod[]): boolean {
  return session !== null && methods.some((method) => session.methods.includes(method));
}

/** How an area answers a request that needs a login, or a fresh one. */
export interface Detour<Context> {
  /** The app's own answer. */
  readonly answer: ((c: Context) => Response | Promise<Response>) | undefined;
  /** Where a browser is sent; null answers 401, as a client that asks for JSON gets. */
  readonly page: string | null;
  /** What the page shows. */
  readonly message: string | null;
  readonly category: string;
  /** The title of the 401, and the challenge that RFC 9110 §11.6.1 asks of it. */
  readonly title: string;
  readonly challenge: string;
}

/** How an area answers a refusal. */
export function detourOf<Context>(
  { type }: Pick<Refusal<LoginUser>, "type">,
  area: AreaOptions<Context>,
  lifetimes: Lifetimes,
): Detour<Context> {
  if (type === "unauthorized") {
    const { unauthorized: answer, loginPage: page } = area;
    const { loginMessage: message = "Please log in to access this page." } = area;
    const { loginMessageCategory: category = "message" } = area;
    return { answer, page, message, category, title: "Unauthorized", challenge: "Bearer" };
  }
  const { reauthenticationNeeded: answer, reauthenticatePage: page } = area;
  const { reauthenticateMessage: message = "Please reauthenticate to access this page." } = area;
  const { reauthenticateMessageCategory: category = "message" } = area;
  const maxAge = Math.floor(lifetimes.fresh / SECOND);
  const challenge = `Bearer error="insufficient_user_authentication", max_age=${maxAge}`; // RFC 9470 §3
  return { answer, page, message, category, title: "Reauthentication required", challenge };
}
