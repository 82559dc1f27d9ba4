import { equal } from "node:assert/strict";
import fc from "fast-check";
import { preferredLanguage } from "../../../lib/http/accept_language.ts";

const wishes: [header: string, language: string | null][] = [
  ["it", "it"],
  ["it-CH", "it"],
  ["IT-ch", "it"],
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

for (const [header, language] of wishes) {
  Deno.test(`"${header.slice(0, 40)}" is answered in ${language ?? "no language of its own"}`, () => {
    equal(preferredLanguage(header, ["en", "it"]), language);
  });
}

Deno.test("whatever is sent as a wish, a language that is offered or none is the answer", () => {
  const word = fc.constantFrom(
    "en",
    "it",
    "it-CH",
    "*",
    ";q=",
    "0.5",
    "1",
    ",",
    " ",
    "\u0000",
    "é",
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.array(word).map((it) => it.join(""))), (header) => {
      equal(["en", "it", null].includes(preferredLanguage(header, ["en", "it"])), true);
    }),
  );
});
