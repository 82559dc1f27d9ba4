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
async function wrong(): Promise<Record<string, string>> {
  const email = `user${Math.floor(tried / triesForEach)}@example.com`;
  if (tried++ % triesForEach === 0) await server.post("/register", { ...ann, email });
  return { email, password };
}
let strangers = 0;
const others: [reason: string, fields: () => Promise<Record<string, string>>][] = [
  ["a wrong password again", wrong],
  [
    "an unknown address",
    () => Promise.resolve({ email: `nobody${strangers++}@example.com`, password }),
  ],
  ["not an address", () => Promise.resolve({ email: `nobody${strangers++}`, password })],
];
async function logIn(fields: Record<string, string>): Promise<number> {
  return await timed(async () => {
    const { status } = await server.post("/login", fields);
    if (status !== 422) throw new Error(`Cannot compare: a login was answered ${status}`);
  });
}
for (let i = 0; i < warmUps; i++) await logIn(await wrong());

await write("| refused for | median ratio to a wrong password |\n| --- | --- |\n");
for (const [reason, fields] of others) {
  const a: number[] = [];
  const b: number[] = [];
  for (let i = 0; i < pairs; i++) {
    const [one, other] = [await fields(), await wrong()];
    a.push(await logIn(one));
    b.push(await logIn(other));
  }
  await write(`| ${reason} | ${(quantile(a, 0.5) / quantile(b, 0.5)).toFixed(3)} |\n`);
}
