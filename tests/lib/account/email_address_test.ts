import { equal } from "node:assert/strict";
import { canonicalEmail } from "../../../lib/account/email_address.ts";

const cases: [text: string, canonical: string | null][] = [
  ["ann@example.com", "ann@example.com"],
  ["  Ann.Lee+tag@Example.COM ", "ann.lee+tag@example.com"],
  ["ann@bücher.example", "ann@xn--bcher-kva.example"],
  ["ann@XN--BCHER-KVA.example", "ann@xn--bcher-kva.example"],
  ["jose\u0301@example.com", "jos\u00e9@example.com"],
  ["J\u030c@example.com", "\u01f0@example.com"],
  ["j\u030c@example.com", "\u01f0@example.com"],
  ["用户@例子.中国", "用户@xn--fsqu00a.xn--fiqs8s"],
  [`${"a".repeat(64)}@example.com`, `${"a".repeat(64)}@example.com`],
  [`${"a".repeat(65)}@example.com`, null],
  [`a@${"b".repeat(63)}.${"c".repeat(63)}.${"d".repeat(63)}.${"e".repeat(61)}`, null],
  ["", null],
  [`${" ".repeat(600)}ann@example.com`, null],
  ["ann", null],
  ["@example.com", null],
  ["ann@", null],
  ["ann@localhost", null],
  ["ann@127.0.0.1", null],
  ["ann@[::1]", null],
  ["a@b@example.com", null],
  ["ann smith@example.com", null],
  ["ann@exam ple.com", null],
  ["ann@example.com:25", null],
  ["ann@example.com/x", null],
  ["ann@example.com?x", null],
  ["ann@exa%6dple.com", null],
  [".ann@example.com", null],
  ["ann.@example.com", null],
  ["a..n@example.com", null],
  ["ann@example..com", null],
  ["ann@-example.com", null],
  ['"ann"@example.com', null],
  ["ann,bob@example.com", null],
  ["Ann <ann@example.com>", null],
  ["ann@example.com\r\nBcc: eve@evil.test", null],
  ["ann\u0000@example.com", null],
  ["ann\u202e@example.com", null],
  ["ann\u034f@example.com", null],
  ["ann\ufe0f@example.com", null],
  ["\u3164@example.com", null],
];

for (const [text, canonical] of cases) {
  const name = JSON.stringify(text).slice(0, 50);
  Deno.test(`${name} ${canonical ? "has a canonical form" : "is not an address"} [SEC-G9]`, () => {
    equal(canonicalEmail(text), canonical);
  });
}

Deno.test("the canonical form of a canonical address is the address itself", () => {
  for (const [, canonical] of cases) {
    if (canonical) equal(canonicalEmail(canonical), canonical);
  }
});
