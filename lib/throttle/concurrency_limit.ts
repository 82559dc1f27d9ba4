/** Attempts at once, of anybody. Each costs a hash. */
const MAX_SHARED = 80;
/** Attempts at once from one network: fewer than its 100 free failures, which they count as. */
const MAX_PER_NETWORK = 64;
/** Attempts at once from one IPv6 /48, so that its 65,536 networks do not take every slot. */
const MAX_PER_IPV6_BLOCK = 72;
/** Attempts at once beyond those, for accounts in browsers where their users logged in before. */
const MAX_RESERVED = 16;
/** Reserved slots for one account or network: attackers have device cookies of their accounts. */
const MAX_RESERVED_EACH = 4;
const MAX_RESERVED_PER_IPV6_BLOCK = 8;

/** All attempts that can be under way at once. */
export const MAX_CONCURRENT = MAX_SHARED + MAX_RESERVED;

/** Where an attempt comes from. */
export interface Source {
  readonly network: string;
  /** The IPv6 /48 that the network is a part of; an IPv4 address is part of none. */
  readonly ipv6Block: string | null;
}

/** Gives back a slot. */
export type Release = () => void;

/**
 * Limits how many attempts are under way at once: in all, from each network and from each IPv6 /48.
 * An attempt beyond the limit is refused before it costs anything. Each process has its own limit,
 * because each has its own cores.
 */
export class ConcurrencyLimit {
  readonly #underWay = new Map<string, number>();

  /** Takes a slot; null when all are taken. */
  acquire({ network, ipv6Block }: Source): Release | null {
    return this.#acquire([
      ["shared", MAX_SHARED],
      [`network ${network}`, MAX_PER_NETWORK],
      ...ipv6Block === null ? [] : [[`ipv6_block ${ipv6Block}`, MAX_PER_IPV6_BLOCK] as const],
    ]);
  }

  /** Takes a slot that is reserved for accounts in browsers with their device cookie. */
  acquireReserved(account: string, { network, ipv6Block }: Source): Release | null {
    return this.#acquire([
      ["reserved", MAX_RESERVED],
      [`reserved account ${account}`, MAX_RESERVED_EACH],
      [`reserved network ${network}`, MAX_RESERVED_EACH],
      ...ipv6Block === null
        ? []
        : [[`reserved ipv6_block ${ipv6Block}`, MAX_RESERVED_PER_IPV6_BLOCK] as const],
    ]);
  }

  #acquire(limits: readonly (readonly [name: string, max: number])[]): Release | null {
    if (limits.some(([name, max]) => this.#count(name) >= max)) return null;
    for (const [name] of limits) this.#underWay.set(name, this.#count(name) + 1);
    return () => {
      for (const [name] of limits) {
        const count = this.#count(name) - 1;
        if (count > 0) this.#underWay.set(name, count);
        else this.#underWay.delete(name);
      }
    };
  }

  #count(name: string): number {
    return this.#underWay.get(name) ?? 0;
  }
}
