/**
 * How long a refused login takes, by its reason: 40 interleaved pairs against a wrong password. A skipped hash
 * would show as a ratio near 0; the tests count hashes and KV operations as well.
 */
import { ann } from "../support/people.ts";
import { quantile, RunningServer, timed, write } from "./running_server.ts";

const pairs = 40;
const warmUps = 10;
/** Fewer than make the next one wait. */
const triesForEach = 4;
const password = "not a password";

await using server = await RunningServer.start("worker");
let tried = 0;
/** A wrong password for somebody who has tries left. */
const wrong = () => ({ email: emailOf(Math.floor(tried++ / triesForEach)), password });
let strangers = 0;
const others: [reason: string, fields: () => Record<string, string>][] = [
  ["a wrong password again", wrong],
  ["an unknown address", () => ({ email: `nobody${strangers++}@example.com`, password })],
  ["not an address", () => ({ email: `nobody${strangers++}`, password })],
];
// All beforehand: a registration now and then would fall in with the rhythm in which workers are recycled.
const people = Math.ceil((warmUps + pairs * (others.length + 1)) / triesForEach);
for (let i = 0; i < people; i++) await server.post("/register", { ...ann, email: emailOf(i) });
function emailOf(i: number): string {
  return `user${i}@example.com`;
}

async function logIn(fields: Record<string, string>): Promise<number> {
  return await timed(async () => {
    const { status } = await server.post("/login", fields);
    if (status !== 422) throw new Error(`Cannot compare: a login was answered ${status}`);
  });
}
for (let i = 0; i < warmUps; i++) await logIn(wrong());

await write("| refused for | median ratio to a wrong password |\n| --- | --- |\n");
for (const [reason, fields] of others) {
  const a: number[] = [];
  const b: number[] = [];
  for (let i = 0; i < pairs; i++) {
    a.push(await logIn(fields()));
    b.push(await logIn(wrong()));
  }
  await write(`| ${reason} | ${(quantile(a, 0.5) / quantile(b, 0.5)).toFixed(3)} |\n`);
}
