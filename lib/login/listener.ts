import type { LoginEvent } from "./events.ts";
import type { Options } from "./options.ts";
import type { LoginUser } from "./session.ts";

/** The app's listener to events, if it has one: nothing that it throws fails a request. */
export class Listener<U extends LoginUser, Context> {
  readonly #events: Options<U, Context>["events"];

  constructor(events: Options<U, Context>["events"]) {
    this.#events = events;
  }

  /** Calls the listener, and reports its error. */
  async emit(event: LoginEvent<U>, c: Context): Promise<void> {
    try {
      await this.#events?.listen(event, c);
    } catch (error) {
      this.report(error);
    }
  }

  /** Reports an error that no request fails with. */
  report(error: unknown): void {
    try {
      this.#events?.report(error);
    } catch {
      // A report that fails must not fail the request either.
    }
  }
}
