import type { Context } from "hono";
import type { Actor } from "../lib/account/administration.ts";
import type { User } from "../lib/account/user.ts";
import { addWrites } from "../lib/kv/write.ts";
import type { Services } from "./services.ts";

export type DeletionResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: "refused" | "last_admin" };

/** Who deletes an account: its owner, an administrator, or somebody at the command line. */
export type Deleter =
  | { readonly actor: "owner" }
  | { readonly actor: Actor; readonly reason: string };

type Used = Pick<
  Services,
  | "kv"
  | "login"
  | "accounts"
  | "administration"
  | "emailTokens"
  | "pendingLogins"
  | "heldRequests"
  | "ownedRecords"
  | "mail"
>;

/** Deletes accounts, with everything that is stored about their people. */
export class AccountDeletion {
  readonly #services: Used;

  constructor(services: Used) {
    this.#services = services;
  }

  async delete(c: Context, user: User, deleter: Deleter): Promise<DeletionResult> {
    const { actor } = deleter;
    const { kv, login, accounts, administration, ownedRecords, mail } = this.#services;
    const { emailTokens, pendingLogins, heldRequests } = this.#services;
    // Before anything else ends.
    let refusal = await administration.checkDeletion(kv.atomic(), actor, user);
    if (refusal) return { ok: false, reason: refusal };

    await heldRequests.drop((await login.sessions(user)).map(({ id }) => id));
    // The owner's session ends last: they can try again if the store fails half way.
    if (actor === "owner") await login.endOtherSessions(c);
    await pendingLogins.deleteAll(user.id);
    // After this commit no browser is logged in as this user.
    await accounts.delete(user, async (operation) => {
      refusal = await administration.checkDeletion(operation, actor, user);
      if (refusal) return false;
      // In this commit: an account that lives on after a fault keeps its links to undo.
      await ownedRecords.removeAll(operation, user.id);
      if (mail) addWrites(operation, mail.mails.accountDeleted(c, user, deleter));
      return true;
    });
    if (refusal) return { ok: false, reason: refusal };
    const isOwner = actor === "owner";
    c.var.log("user_deleted", isOwner ? {} : { target: user.id, reason: "administrator" });
    await emailTokens.deleteAll(user.id);
    if (actor === "owner") await login.end(c);
    await login.forgetUser(c, user.id);
    return { ok: true };
  }

  /** Removes what is left of an account when a fault came after the commit that deleted it. */
  async finish(c: Context, userId: string): Promise<void> {
    const { login, emailTokens, pendingLogins } = this.#services;
    await pendingLogins.deleteAll(userId);
    await emailTokens.deleteAll(userId);
    await login.forgetUser(c, userId);
  }
}
