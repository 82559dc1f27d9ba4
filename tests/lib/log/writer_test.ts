import { equal, ok } from "node:assert/strict";
import { LogWriter } from "../../../lib/log/writer.ts";
import { MINUTE } from "../../../lib/time.ts";
import { eventually } from "../../support/timeouts.ts";

const decoder = new TextDecoder();

/** Takes what is written, as long as nothing is wrong with it. */
class Target {
  text = "";
  writes = 0;
  /** What a write does before it takes anything. */
  before: () => Promise<void> = () => Promise.resolve();
  /** How many bytes one write takes. */
  room = Infinity;

  async write(bytes: Uint8Array): Promise<number> {
    this.writes++;
    await this.before();
    const taken = bytes.subarray(0, this.room);
    this.text += decoder.decode(taken, { stream: true });
    return taken.length;
  }
}

Deno.test("lines of a short while are written in one go", async () => {
  const target = new Target();
  const writer = new LogWriter(target);

  for (const line of ["one", "two", "three"]) ok(writer.write(line, "info"));
  equal(target.writes, 0);
  await eventually(() => target.text === "one\ntwo\nthree\n");
  equal(target.writes, 1);
});

for (const level of ["error", "critical"] as const) {
  Deno.test(`a line of level ${level} is written at once, with those before it`, async () => {
    const target = new Target();
    const writer = new LogWriter(target);

    writer.write("before", "info");
    writer.write("now", level);
    await Promise.resolve(); // less than any timer waits
    equal(target.writes, 1);
    await eventually(() => target.text === "before\nnow\n");
  });
}

Deno.test("a flush writes everything, also what comes while it writes", async () => {
  const target = new Target();
  const writer = new LogWriter(target);
  target.before = () => {
    if (target.writes === 1) writer.write("later", "info");
    return Promise.resolve();
  };

  writer.write("first", "info");
  await writer.flush(MINUTE);
  equal(target.text, "first\nlater\n");
});

Deno.test("a write that takes a part of a batch is continued, and no byte is lost", async () => {
  const target = new Target();
  target.room = 3;
  const writer = new LogWriter(target);

  writer.write("größer als ein Stück", "info");
  await writer.flush(MINUTE);
  equal(target.text, "größer als ein Stück\n");
});

Deno.test("after a write that failed its lines come with the next ones, in order", async () => {
  const target = new Target();
  const writer = new LogWriter(target);
  target.before = () => Promise.reject(new Error("No space left on device"));
  writer.write("first", "critical");
  await writer.flush(MINUTE);
  equal(target.text, "");

  target.before = () => Promise.resolve();
  writer.write("second", "critical");
  await writer.flush(MINUTE);
  equal(target.text, "first\nsecond\n");
});

Deno.test("a full queue takes no line until it has been written", async () => {
  const target = new Target();
  const { promise: hanging, resolve: goOn } = Promise.withResolvers<void>();
  target.before = () => hanging;
  const writer = new LogWriter(target);
  const line = "x".repeat(1023);

  let taken = 0;
  while (writer.write(line, "error")) taken++;
  equal(taken, 1024);
  goOn();
  await writer.flush(MINUTE);
  equal(target.text, `${line}\n`.repeat(1024));
  ok(writer.write(line, "error"));
  await writer.flush(MINUTE);
});

Deno.test("a full queue is tried again although it takes no more lines", async () => {
  const target = new Target();
  target.before = () => Promise.reject(new Error("No space left on device"));
  const writer = new LogWriter(target);
  while (writer.write("x".repeat(10_000), "info"));
  await writer.flush(MINUTE);

  target.before = () => Promise.resolve();
  equal(writer.write("x".repeat(100_000), "info"), false);
  await eventually(() => target.text.length > 1_000_000);
});

Deno.test("a write that hangs keeps no flush beyond its deadline", async () => {
  const target = new Target();
  target.before = () => new Promise(() => {});
  const writer = new LogWriter(target);

  writer.write("nobody reads this", "info");
  await writer.flush(1);
  equal(target.text, "");
});
