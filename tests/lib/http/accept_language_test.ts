import { equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { preferredLanguage } from "../../../lib/http/accept_language.ts";

const cases: [header: string, language: string | null][] = [
  ["it", "it"],
  ["it-CH", "it"],
  ["IT-ch", "it"],
  ["it_IT", "it"],
  ["de_DE, it_IT;q=0.9, en_GB;q=0.8", "it"],
  ["it-IT,it;q=0.9,en;q=0.8", "it"],
  ["en-GB,en;q=0.9,it;q=0.8", "en"],
  ["de-DE,de;q=0.9,it;q=0.5,en;q=0.4", "it"],
  ["en;q=0.4, it;q=0.5", "it"],
  ["it;q=0.500, en;q=0.50", "it"],
  ["it, en", "it"],
  ["en, it", "en"],
  ["en;q=0, it;q=0.001", "it"],
  ["it;q=0, *", "en"],
  ["*", "en"],
  ["*;q=0.5, en;q=0.1", "it"],
  ["en;q=0", null],
  ["*;q=0", null],
  ["de, fr;q=0.7", null],
  ["item", null],
  ["", null],
  ["it;q=2", null],
  ["it;q=-1", null],
  ["it;q=0.1234", null],
  ["it;level=1", null],
  ["italiano, per favore", null],
  [`${"x,".repeat(100_000)}it`, null],
];

for (const [header, language] of cases) {
  Deno.test(`"${header.slice(0, 40)}" prefers ${language ?? "no offered language"}`, () => {
    equal(preferredLanguage(header, ["en", "it"]), language);
  });
}

Deno.test("any header gives an offered language or none", () => {
  const part = fc.constantFrom(..."en|it|it-CH|*|;q=|0.5|1|,| |\u0000|é".split("|"));
  const header = fc.oneof(fc.string(), fc.array(part).map((parts) => parts.join("")));
  fc.assert(fc.property(header, (header) => {
    ok(["en", "it", null].includes(preferredLanguage(header, ["en", "it"])));
  }));
});
