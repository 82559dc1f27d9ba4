import type { Login } from "@latchkey/login";
import type { Context, MiddlewareHandler } from "hono";
import { z } from "zod";
import type { Accounts } from "../lib/account/accounts.ts";
import { can } from "../lib/account/role.ts";
import type { User } from "../lib/account/user.ts";
import { type Clock, MINUTE } from "../lib/time.ts";
import { refuse } from "./middleware/errors.tsx";

declare module "hono" {
  interface ContextVariableMap {
    /** Whose account an administrator looks at; undefined until somebody asked. */
    viewedUser?: User | null;
  }
}

/** How long an administrator looks at an account, in milliseconds. */
const viewLifetime = 15 * MINUTE;

/** Where looking ends. */
export const viewAsEndPath = "/admin/view-as/end";

/** Forms that work meanwhile: they end it, or do nothing in anybody's name. */
const waysOut =
  /^\/(admin\/view-as\/end|logout|reports\/csp|password-strength|passphrase)$|\/backchannel-logout$/;

/** Kept in the data of the administrator's session. */
const viewData = z.object({ userId: z.string(), until: z.number() });

/**
 * Lets support see an account's pages as its person sees them, and change nothing: pages that need a
 * fresh login, and every unsafe method, are refused meanwhile.
 */
export class ViewAs {
  readonly #login: Login<User>;
  readonly #accounts: Accounts;
  readonly #now: Clock;

  constructor(login: Login<User>, accounts: Accounts, now: Clock) {
    this.#login = login;
    this.#accounts = accounts;
    this.#now = now;
  }

  /** Whether an administrator may look at this account: never at another administrator's. */
  allows(actor: User, user: User): boolean {
    return actor.id !== user.id && user.roles.length === 0 && can(actor, "users.view_as");
  }

  async begin(c: Context, { id: userId }: User): Promise<void> {
    const until = this.#now().getTime() + viewLifetime;
    await this.#login.updateData(c, (data) => ({ ...data, viewAs: { userId, until } }));
  }

  async end(c: Context): Promise<void> {
    await this.#login.updateData(c, ({ viewAs: _, ...data }) => data);
    c.set("viewedUser", null);
  }

  /** Whose account this browser looks at; null for everybody who only uses their own. */
  async current(c: Context): Promise<User | null> {
    const known = c.get("viewedUser");
    if (known !== undefined) return known;
    const viewed = await this.#find(c);
    c.set("viewedUser", viewed);
    return viewed;
  }

  /** Refuses what could change something. */
  readonly readOnly: MiddlewareHandler = async (c, next) => {
    const { method, path } = c.req;
    const isSafe = ["GET", "HEAD", "OPTIONS"].includes(method);
    if (isSafe || waysOut.test(path) || !await this.current(c)) return await next();
    return await refuse(c, "viewing");
  };

  /** Costs nobody but administrators a read. */
  async #find(c: Context): Promise<User | null> {
    const [actor, session] = await Promise.all([this.#login.user(c), this.#login.session(c)]);
    if (!actor || !session || !can(actor, "users.view_as")) return null;
    const view = viewData.safeParse((await this.#login.readData(c)).viewAs);
    if (!view.success || view.data.until <= this.#now().getTime()) return null;
    const user = await this.#accounts.find(view.data.userId);
    return user && this.allows(actor, user) ? user : null;
  }
}
