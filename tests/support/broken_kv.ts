/** What a broken database does with a call. */
export type Fault = "none" | "hang" | "fail" | "locked" | "full";

const errors = {
  fail: () => new Error("KV Connect failed to call"),
  locked: () => new TypeError("database is locked"),
  full: () => new TypeError("database or disk is full"),
};

/** A database that can be broken: `fault` decides, call by call, what becomes of it. */
export class BrokenKv {
  fault: Fault | ((call: "read" | "commit") => Fault) = "none";
  readonly #kv: Deno.Kv;

  constructor(kv: Deno.Kv) {
    this.#kv = kv;
  }

  /** The database as the app sees it. */
  get kv(): Deno.Kv {
    return new Proxy(this.#kv, {
      get: (kv, name) => {
        if (name === "atomic") return () => this.#atomic(kv.atomic());
        const method = kv[name as "getMany"];
        const read = name === "getMany" || name === "get";
        return read
          ? (...args: unknown[]) => this.#pass("read", () => Reflect.apply(method, kv, args))
          : method.bind(kv);
      },
    });
  }

  #atomic(operation: Deno.AtomicOperation): Deno.AtomicOperation {
    const commit = operation.commit.bind(operation);
    operation.commit = () => this.#pass("commit", commit);
    return operation;
  }

  #pass<T>(call: "read" | "commit", act: () => Promise<T>): Promise<T> {
    const fault = typeof this.fault === "function" ? this.fault(call) : this.fault;
    if (fault === "none") return act();
    if (fault === "hang") return new Promise(() => {});
    return Promise.reject(errors[fault]());
  }
}
