import type { Clock } from "../../lib/time.ts";

interface Change {
  readonly key: Deno.KvKey;
  readonly value: unknown;
  /** Null for a record that was deleted. */
  readonly versionstamp: string | null;
  /** That of its commit: greater than that of every earlier one. */
  readonly commit: string;
}

const gone = { value: null, versionstamp: null };

type ReadOptions = { readonly consistency?: Deno.KvConsistencyLevel };

interface RegionsOptions {
  readonly now: Clock;
  /** How long a change takes to the other region, in milliseconds. */
  readonly delay: number;
  /** Kinds of records that the far region reads from its replica although nobody asked for that. */
  readonly stale?: readonly string[];
}

/**
 * One database as two regions see it, in the way of Deno KV: all writes and all strong reads go to
 * the primary, which is in the near region. The far one has a replica for eventual reads, where
 * changes of the near one arrive late. It can be cut off, and then all its calls fail.
 */
export class Regions implements Disposable {
  /** Whether calls from the far region fail. */
  isCutOff = false;
  /**
   * Commits from the far region that write this kind of record fail, and arrive all the same when
   * `deliver` is called.
   */
  lateKind: string | null = null;
  readonly #primary: Deno.Kv;
  readonly #replica: Deno.Kv;
  readonly #now: Clock;
  readonly #delay: number;
  readonly #stale: readonly string[];
  /** Changes on their way, the oldest first. */
  readonly #underWay: { readonly change: Change; readonly arrival: number }[] = [];
  #applying: Promise<void> = Promise.resolve();
  #late: (() => Promise<Deno.KvCommitResult | Deno.KvCommitError>)[] = [];

  private constructor(primary: Deno.Kv, replica: Deno.Kv, options: RegionsOptions) {
    this.#primary = primary;
    this.#replica = replica;
    this.#now = options.now;
    this.#delay = options.delay;
    this.#stale = options.stale ?? [];
  }

  /** Call it while the primary is empty, as the replica is. */
  static async create(primary: Deno.Kv, options: RegionsOptions): Promise<Regions> {
    return new Regions(primary, await Deno.openKv(":memory:"), options);
  }

  [Symbol.dispose](): void {
    this.#replica.close();
  }

  /** Late commits arrive: how many of them, and how many were not refused. */
  async deliver(): Promise<{ readonly arrived: number; readonly done: number }> {
    this.lateKind = null;
    const late = this.#late.splice(0);
    let done = 0;
    for (const commit of late) if ((await commit()).ok) done++;
    return { arrived: late.length, done };
  }

  /** The database as the region of the primary sees it. */
  get near(): Deno.Kv {
    return new Proxy(this.#primary, {
      get: (kv, name) => {
        if (name === "atomic") return () => this.#atomic(kv.atomic(), "near");
        return kv[name as "getMany"].bind(kv);
      },
    });
  }

  /** The database as the far region sees it. */
  get far(): Deno.Kv {
    return new Proxy(this.#primary, {
      get: (kv, name) => {
        switch (name) {
          case "atomic":
            return () => this.#atomic(kv.atomic(), "far");
          case "get":
            return async (key: Deno.KvKey, options?: ReadOptions) =>
              (await this.#getMany([key], options))[0];
          case "getMany":
            return (keys: readonly Deno.KvKey[], options?: ReadOptions) =>
              this.#getMany(keys, options);
          case "list":
            return (selector: Deno.KvListSelector, options?: Deno.KvListOptions) =>
              this.#list(selector, options);
          default:
            return kv[name as "close"].bind(kv);
        }
      },
    });
  }

  async #getMany(
    keys: readonly Deno.KvKey[],
    options?: ReadOptions,
  ): Promise<Deno.KvEntryMaybe<unknown>[]> {
    this.#failIfCutOff();
    const strong = this.#primary.getMany<unknown[]>(keys, options);
    await this.#applyArrived();
    const late = await this.#replica.getMany<Change[]>(keys);
    return (await strong).map((entry, i) => {
      const { key } = entry;
      if (!this.#isEventual(key, options)) return entry;
      const { value, versionstamp } = (late[i] as Deno.KvEntryMaybe<Change>).value ?? gone;
      return { key, value, versionstamp } as Deno.KvEntryMaybe<unknown>;
    });
  }

  async *#list(
    selector: Deno.KvListSelector,
    options: Deno.KvListOptions = {},
  ): AsyncGenerator<Deno.KvEntry<unknown>> {
    this.#failIfCutOff();
    const [first] = "prefix" in selector ? selector.prefix : selector.start;
    if (!this.#isEventual([first ?? ""], options)) {
      return yield* this.#primary.list(selector, options);
    }
    await this.#applyArrived();
    const { limit = Infinity, reverse = false } = options;
    let count = 0;
    for await (const { key, value } of this.#replica.list<Change>(selector, { reverse })) {
      if (value.versionstamp === null) continue;
      if (++count > limit) return;
      yield { key, value: value.value, versionstamp: value.versionstamp };
    }
  }

  #isEventual([kind]: Deno.KvKey, options?: ReadOptions): boolean {
    return options?.consistency === "eventual" || this.#stale.includes(String(kind));
  }

  #failIfCutOff(): void {
    if (this.isCutOff) throw new Error("KV Connect failed to call");
  }

  #atomic(operation: Deno.AtomicOperation, region: "near" | "far"): Deno.AtomicOperation {
    const { set, delete: remove, commit } = operation;
    const changes: (Pick<Change, "key" | "value"> & { isDeleted: boolean })[] = [];
    operation.set = (key, value, options) => {
      changes.push({ key, value: structuredClone(value), isDeleted: false });
      return set.call(operation, key, value, options);
    };
    operation.delete = (key) => {
      changes.push({ key, value: null, isDeleted: true });
      return remove.call(operation, key);
    };
    const commitNow = async () => {
      const result = await commit.call(operation);
      if (!result.ok) return result;
      const sent = changes.map(({ key, value, isDeleted }) => ({
        key,
        value,
        versionstamp: isDeleted ? null : result.versionstamp,
        commit: result.versionstamp,
      }));
      await this.#send(sent, region);
      return result;
    };
    operation.commit = () => {
      if (region === "near") return commitNow();
      this.#failIfCutOff();
      if (!changes.some(({ key }) => key[0] === this.lateKind)) return commitNow();
      this.#late.push(commitNow);
      return Promise.reject(new Error("KV Connect lost the answer"));
    };
    return operation;
  }

  async #send(changes: readonly Change[], region: "near" | "far"): Promise<void> {
    if (region === "far") return await this.#apply(changes);
    const arrival = this.#now().getTime() + this.#delay;
    this.#underWay.push(...changes.map((change) => ({ change, arrival })));
  }

  /** Changes arrive in their order. */
  #applyArrived(): Promise<void> {
    const time = this.#now().getTime();
    const waiting = this.#underWay.findIndex(({ arrival }) => arrival > time);
    const arrived = this.#underWay.splice(0, waiting < 0 ? this.#underWay.length : waiting);
    return this.#apply(arrived.map(({ change }) => change));
  }

  /** An older change that comes later is forgotten. */
  #apply(changes: readonly Change[]): Promise<void> {
    this.#applying = this.#applying.then(async () => {
      for (const change of changes) {
        const { value } = await this.#replica.get<Change>(change.key);
        const isNewer = !value || value.commit < change.commit;
        if (isNewer) await this.#replica.set(change.key, change);
      }
    });
    return this.#applying;
  }
}
