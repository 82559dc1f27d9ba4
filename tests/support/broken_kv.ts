/** How a call to a broken database ends. The last two affect only commits with a check. */
export type Fault =
  | "none"
  | "hang"
  | "slow"
  | "fail"
  | "locked"
  | "full"
  /** The commit happens, but the answer is an error. */
  | "unknown"
  /** A checked commit conflicts. */
  | "conflict"
  /** A checked commit happens, is sent a second time, and conflicts with itself. */
  | "repeated";

export type Call = "read" | "commit";

const errors = {
  fail: () => new Error("KV Connect failed to call"),
  unknown: () => new Error("KV Connect lost the answer"),
  locked: () => new TypeError("database is locked"),
  full: () => new TypeError("database or disk is full"),
};

interface Written {
  readonly key: Deno.KvKey;
  readonly value: unknown;
  readonly expireIn: number | undefined;
}

/** A database that can be broken: `fault` decides how each call ends. */
export class BrokenKv {
  fault: Fault | ((call: Call) => Fault) = "none";
  /** How long a slow call takes, in milliseconds. */
  delay = 0;
  /** Ignores every `expireIn`. */
  neverExpires = false;
  /** Runs just before the next call. */
  meanwhile: (() => Promise<unknown>) | null = null;
  /** Every write that was requested. */
  readonly written: Written[] = [];
  readonly #kv: Deno.Kv;

  constructor(kv: Deno.Kv) {
    this.#kv = kv;
  }

  /** The database as the app sees it. */
  get kv(): Deno.Kv {
    return new Proxy(this.#kv, {
      get: (kv, name) => {
        if (name === "atomic") return () => this.#atomic(kv.atomic());
        if (name === "list") {
          return (...args: Parameters<Deno.Kv["list"]>) => this.#list(kv.list(...args));
        }
        const method = kv[name as "getMany"];
        const read = name === "getMany" || name === "get";
        return read
          ? (...args: unknown[]) => this.#pass("read", () => Reflect.apply(method, kv, args))
          : method.bind(kv);
      },
    });
  }

  /** A list counts as one call, at its first entry. */
  #list(entries: Deno.KvListIterator<unknown>): Deno.KvListIterator<unknown> {
    const next = entries.next.bind(entries);
    let asked = false;
    entries.next = () => {
      if (asked) return next();
      asked = true;
      return this.#pass("read", next);
    };
    return entries;
  }

  #atomic(operation: Deno.AtomicOperation): Deno.AtomicOperation {
    const [check, set, commit] = [operation.check, operation.set, operation.commit];
    let checked = false;
    operation.check = (...checks) => {
      checked = true;
      return check.apply(operation, checks);
    };
    operation.set = (key, value, options) => {
      this.written.push({ key, value, expireIn: options?.expireIn });
      return set.call(operation, key, value, this.neverExpires ? undefined : options);
    };
    operation.commit = () => this.#pass("commit", () => commit.call(operation), checked);
    return operation;
  }

  async #pass<T>(call: Call, act: () => Promise<T>, checked = false): Promise<T> {
    const { fault: plan, meanwhile } = this;
    const fault = typeof plan === "function" ? plan(call) : plan;
    this.meanwhile = null;
    await meanwhile?.();
    switch (fault) {
      case "none":
        return await act();
      case "hang":
        return await new Promise(() => {});
      case "slow":
        await new Promise((resolve) => setTimeout(resolve, this.delay));
        return await act();
      case "unknown":
        await act();
        throw errors.unknown();
      case "conflict":
        return checked ? { ok: false } as T : await act();
      case "repeated": {
        const result = await act();
        return checked ? { ok: false } as T : result;
      }
      default:
        throw errors[fault]();
    }
  }
}
