import type { Accounts } from "../account/accounts.ts";
import type { User } from "../account/user.ts";
import { type Kv, StoreUnavailable } from "../kv/kv.ts";
import { addWrites, type Write } from "../kv/write.ts";
import { errorFields, type Log } from "../log/log.ts";
import type { Clock } from "../time.ts";
import { tokenOf } from "./api_token.ts";
import { type ApiToken, isAlive, readApiToken, timePart, tokenKey } from "./api_token_record.ts";

interface RemindersParts {
  readonly kv: Kv;
  readonly accounts: Pick<Accounts, "find">;
  readonly now: Clock;
  readonly log: Log;
  /** The mail about the end of a token. */
  readonly mail: (user: User, token: ApiToken) => readonly Write[];
}

/**
 * Mails that tell of the end of API tokens a week before it. They wait, by the time of the mail,
 * under `["api_token_end", at, userId, id]`.
 */
export class ApiTokenReminders {
  readonly #parts: RemindersParts;
  #sweep: Promise<void> | null = null;

  constructor(parts: RemindersParts) {
    this.#parts = parts;
  }

  /** Writes the mails that are due. It never throws: the next sweep tries again. */
  sweep(): Promise<void> {
    return this.#sweep ??= this.#sweepOnce().finally(() => this.#sweep = null);
  }

  /** Resolves when no sweep is under way. */
  async idle(): Promise<void> {
    await this.#sweep;
  }

  async #sweepOnce(): Promise<void> {
    const { kv, now, log } = this.#parts;
    try {
      const end = ["api_token_end", timePart(now().getTime() + 1)];
      for await (const entry of kv.list({ start: ["api_token_end"], end })) {
        await this.#finish(entry);
      }
    } catch (error) {
      log(error instanceof StoreUnavailable ? "unavailable" : "outbox_failed", errorFields(error));
    }
  }

  /** Commits the mail and removes its reminder. Two processes at once write one mail. */
  async #finish(reminder: Deno.KvEntry<unknown>): Promise<void> {
    const { kv, accounts, now, mail } = this.#parts;
    const [userId, id] = reminder.key.slice(2).map(String) as [string, string];
    const [entry, user] = await Promise.all([
      kv.get(tokenKey(userId, id)),
      accounts.find(userId),
    ]);
    const record = readApiToken(entry.value);
    const operation = kv.atomic().check(reminder).delete(reminder.key);
    if (user && record && isAlive(record, user, now())) {
      addWrites(operation, mail(user, tokenOf(id, record)));
    }
    await operation.commit();
  }
}
