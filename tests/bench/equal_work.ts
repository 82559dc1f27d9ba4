/**
 * How long a refused login takes, by its reason: 40 interleaved pairs against a wrong password. A skipped hash
 * would show as a ratio near 0; the tests count hashes and KV operations as well.
 */
import { ann } from "../support/people.ts";
import { quantile, RunningServer, timed, write } from "./running_server.ts";

const pairs = 40;
const wrong = { email: ann.email, password: "not her password" };
const others: [reason: string, fields: Record<string, string>][] = [
  ["a wrong password again", wrong],
  ["an unknown address", { email: "nobody@example.com", password: "not a password" }],
  ["not an address", { email: "nobody", password: "not a password" }],
];

await using server = await RunningServer.start("worker");
await server.post("/register", { ...ann });
const logIn = (fields: Record<string, string>) => timed(() => server.post("/login", fields));
for (let i = 0; i < 10; i++) await logIn(wrong);

await write("| refused for | median ratio to a wrong password |\n| --- | --- |\n");
for (const [reason, fields] of others) {
  const a: number[] = [];
  const b: number[] = [];
  for (let i = 0; i < pairs; i++) {
    a.push(await logIn(fields));
    b.push(await logIn(wrong));
  }
  await write(`| ${reason} | ${(quantile(a, 0.5) / quantile(b, 0.5)).toFixed(3)} |\n`);
}
