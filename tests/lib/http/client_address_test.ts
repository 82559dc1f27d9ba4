import { equal, match } from "node:assert/strict";
import fc from "fast-check";
import {
  anonymizeAddress,
  clientAddress,
  ipv6BlockPrefix,
  networkPrefix,
  parseAddress,
} from "../../../lib/http/client_address.ts";
import { ann } from "../../support/people.ts";
import { test, TestWorld } from "../../support/world.ts";

const proxy = "198.51.100.7";
const [edge, middle, client] = ["203.0.113.1", "203.0.113.2", "192.0.2.55"];

const chains: [name: string, forwardedFor: string | undefined, proxies: number, is: string][] = [
  ["without a proxy the header is ignored", client, 0, proxy],
  ["behind one proxy it is the last entry", `1.1.1.1, ${client}`, 1, client],
  ["behind two proxies it is the last but one", `1.1.1.1, ${client}, ${edge}`, 2, client],
  ["behind three proxies it is the third from the end", `${client}, ${edge},${middle}`, 3, client],
  ["a chain that is too short is ignored", client, 2, proxy],
  ["without a chain it is the socket's", undefined, 1, proxy],
  ["an empty chain is ignored", "", 1, proxy],
  ["an entry that is no address is ignored", `${client}, unknown`, 1, proxy],
  ["an obfuscated entry is ignored", "_hidden", 1, proxy],
  ["a port is dropped", `${client}:4711`, 1, client],
  ["the port of an IPv6 address is dropped", "[2001:DB8::1]:4711", 1, "2001:db8::1"],
];

for (const [name, forwardedFor, proxies, is] of chains) {
  Deno.test(`the client's address: ${name} [SEC-C11]`, () => {
    equal(clientAddress(proxy, forwardedFor, proxies), is);
  });
}

Deno.test("without a socket address only a proxy's entry counts [SEC-C11]", () => {
  equal(clientAddress(undefined, client, 0), null);
  equal(clientAddress("/run/latchkey.sock", client, 0), null);
  equal(clientAddress(undefined, client, 1), client);
});

const spellings: [text: string, address: string | null][] = [
  ["192.0.2.1", "192.0.2.1"],
  [" 192.0.2.1:80 ", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["::FFFF:c000:201", "192.0.2.1"],
  ["[::ffff:192.0.2.1]:80", "192.0.2.1"],
  ["0:0:0:0:0:0:0:1", "::1"],
  ["[::1]", "::1"],
  ["2001:0DB8::0:1", "2001:db8::1"],
  ["fe80::1%eth0", "fe80::1"],
  ["[fe80::1%25en1]:80", "fe80::1"],
  ["", null],
  ["192.0.2", null],
  ["192.0.2.256", null],
  ["192.0.2.010", null],
  ["0x7f.0.0.1", null],
  ["2130706433", null],
  ["192.0.2.1:80:80", null],
  ["192.0.2.1.", null],
  ["[192.0.2.1]", null],
  ["[::1", null],
  ["::1]", null],
  ["1::2::3", null],
  ["::1/64", null],
  ["::1 192.0.2.1", null],
  ["localhost", null],
  ["::1\r\nlevel=info", null],
];

for (const [text, address] of spellings) {
  Deno.test(`${JSON.stringify(text)} is ${address ?? "no address"} [SEC-C11]`, () => {
    equal(parseAddress(text), address);
  });
}

Deno.test("every form of an IPv4 or IPv6 address has one canonical form [SEC-C11]", () => {
  fc.assert(fc.property(fc.ipV4(), fc.integer({ min: 0, max: 65535 }), (address, port) => {
    for (const text of [address, `${address}:${port}`, `::ffff:${address}`]) {
      equal(parseAddress(text), address);
    }
  }));
  fc.assert(fc.property(fc.ipV6(), fc.integer({ min: 0, max: 65535 }), (text, port) => {
    const address = parseAddress(text);
    equal(typeof address, "string");
    equal(parseAddress(`[${text.toUpperCase()}]:${port}`), address);
    equal(parseAddress(address ?? ""), address);
  }));
});

Deno.test("any header gives an address and nothing else [SEC-C11]", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), fc.nat(10), (text, proxies) => {
    match(clientAddress(proxy, text, proxies) ?? "", /^[\da-f.:]{2,39}$/);
  }));
});

Deno.test("entries before those of the proxies are ignored [SEC-C11]", () => {
  fc.assert(fc.property(fc.string(), fc.ipV4(), fc.nat(4), (sent, seen, more) => {
    const chain = [sent, seen, ...Array(more).fill(edge)].join(", ");
    equal(clientAddress(proxy, chain, more + 1), seen);
  }));
});

const networks: [address: string, network: string, ipv6Block: string | null, shown: string][] = [
  ["192.0.2.77", "192.0.2.77", null, "192.0.2.x"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48", "2001:db8:1:x"],
  ["2001:db8::6", "2001:db8::/64", "2001:db8::/48", "2001:db8:0:x"],
  ["2001:db8:0:7::", "2001:db8:0:7::/64", "2001:db8::/48", "2001:db8:0:x"],
  ["1:2:3:4:5:6:7::", "1:2:3:4::/64", "1:2:3::/48", "1:2:3:x"],
  ["::1", "::/64", "::/48", "0:0:0:x"],
];

for (const [address, network, ipv6Block, shown] of networks) {
  Deno.test(`${address} counts as ${network} and is shown as ${shown} [SEC-C10] [SEC-N11]`, () => {
    equal(networkPrefix(address), network);
    equal(ipv6BlockPrefix(address), ipv6Block);
    equal(anonymizeAddress(address), shown);
  });
}

Deno.test("unknown addresses count as one network and are not shown [SEC-C10]", () => {
  equal(networkPrefix(null), "unknown");
  equal(ipv6BlockPrefix(null), null);
  equal(anonymizeAddress(null), null);
});

Deno.test("IPv6 addresses count as one network exactly when they share 64 bits [SEC-C10]", () => {
  const half = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 4, maxLength: 4 });
  const ipv6 = (groups: number[]) =>
    parseAddress(groups.map((group) => group.toString(16)).join(":"));
  const isMapped = (groups: number[]) => groups.every((group) => group === 0);
  fc.assert(fc.property(half, half, half, (left, one, other) => {
    fc.pre(!isMapped(left));
    equal(networkPrefix(ipv6([...left, ...one])), networkPrefix(ipv6([...left, ...other])));
    const [first = 0, ...rest] = left;
    const neighbour = ipv6([first ^ 1, ...rest, ...one]);
    equal(networkPrefix(ipv6([...left, ...one])) === networkPrefix(neighbour), false);
  }));
});

/** Logs in and reads the address that the list of sessions shows for this browser. */
async function shownAddress(world: TestWorld, headers: Record<string, string>): Promise<string> {
  const browser = world.browser("198.51.100.7");
  await browser.post("/login", { ...ann }, headers);
  const page = await (await browser.get("/account/sessions")).text();
  const [, card = ""] = /This browser([\s\S]*?)<\/li>/.exec(page) ?? [];
  return /<dt>From<\/dt><dd>([^<]*)/.exec(card)?.[1] ?? "nowhere";
}

const headers = {
  "x-forwarded-for": "192.0.2.55",
  "x-real-ip": "192.0.2.56",
  "forwarded": "for=192.0.2.57",
};

test("without a proxy, forwarded addresses are ignored [SEC-C11] [SEC-N11]", async (world) => {
  await world.ann();

  equal(await shownAddress(world, headers), "198.51.100.x");
});

Deno.test("TRUSTED_PROXY=1 trusts the last entry of X-Forwarded-For only [SEC-C11]", async () => {
  await using world = await TestWorld.create({ config: { trustedProxies: 1 } });
  await world.ann();

  const chain = { ...headers, "x-forwarded-for": "192.0.2.55, 203.0.113.9" };
  equal(await shownAddress(world, chain), "203.0.113.x");
  const { "x-forwarded-for": _, ...others } = headers;
  equal(await shownAddress(world, others), "198.51.100.x");
});
