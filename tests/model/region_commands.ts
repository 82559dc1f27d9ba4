import fc from "fast-check";
import { browser, type Command, commands } from "./commands.ts";

// What happens between two regions, beside what people do.

function travel(browser: number): Command {
  return {
    check: () => true,
    run: (_, site) => Promise.resolve(site.travel(browser)),
    toString: () => `${browser} goes to the other region`,
  };
}

function cutOff(isCutOff: boolean): Command {
  return {
    check: () => true,
    run: (_, site) => Promise.resolve(site.cutOff(isCutOff)),
    toString: () => isCutOff ? "cut the far region off" : "connect the far region again",
  };
}

/** The same, and what happens between two regions. */
export const regionCommands = [
  ...commands,
  browser.map(travel),
  fc.oneof(
    { weight: 1, arbitrary: fc.constant(cutOff(true)) },
    { weight: 3, arbitrary: fc.constant(cutOff(false)) },
  ),
];
