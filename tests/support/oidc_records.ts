/** What `oidc-provider` keeps, as far as it is read here. */
export interface ProviderRecord {
  readonly uid?: string;
  readonly grantId?: string;
  readonly accountId?: string;
  /** Of a session: the clients that somebody logged in to with it. */
  readonly authorizations?: Readonly<Record<string, { readonly sid: string }>>;
}

interface Stored {
  record: ProviderRecord;
  readonly expiresAt: number;
}

/** The records of one provider, in memory: its own ones would be shared by all in a process. */
export class ProviderRecords {
  readonly #stored = new Map<string, Stored>();

  /** The records of a kind, as `oidc-provider` wants them. */
  of = (kind: string) => ({
    upsert: (id: string, record: ProviderRecord, expiresIn = Infinity): Promise<void> => {
      this.#stored.set(`${kind} ${id}`, { record, expiresAt: Date.now() + expiresIn * 1000 });
      return Promise.resolve();
    },
    find: (id: string) => Promise.resolve(this.#get(`${kind} ${id}`)),
    findByUid: (uid: string) =>
      Promise.resolve(this.list(kind).find(([, record]) => record.uid === uid)?.[1]),
    findByUserCode: () => Promise.resolve(undefined),
    consume: (id: string): Promise<void> => {
      const stored = this.#stored.get(`${kind} ${id}`);
      const consumed = Math.floor(Date.now() / 1000);
      if (stored) Object.assign(stored, { record: { ...stored.record, consumed } });
      return Promise.resolve();
    },
    destroy: (id: string): Promise<void> => {
      this.#stored.delete(`${kind} ${id}`);
      return Promise.resolve();
    },
    revokeByGrantId: (grantId: string): Promise<void> => {
      for (const [key, { record }] of this.#stored) {
        if (record.grantId === grantId) this.#stored.delete(key);
      }
      return Promise.resolve();
    },
  });

  /** Leaves a session without anybody, so that somebody else can log in with the same browser. */
  clearSession(uid: string, subject: string): void {
    for (const [id, { accountId, ...record }] of this.list("Session")) {
      const stored = this.#stored.get(`Session ${id}`);
      if (!stored || record.uid !== uid || accountId === subject) continue;
      stored.record = { ...record, authorizations: {} };
    }
  }

  /** Those that are alive, with their ids. */
  list(kind: string): [id: string, record: ProviderRecord][] {
    return [...this.#stored.keys()].filter((key) => key.startsWith(`${kind} `)).flatMap((key) => {
      const record = this.#get(key);
      return record ? [[key.slice(kind.length + 1), record] as [string, ProviderRecord]] : [];
    });
  }

  #get(key: string): ProviderRecord | undefined {
    const stored = this.#stored.get(key);
    return stored && stored.expiresAt > Date.now() ? stored.record : undefined;
  }
}
