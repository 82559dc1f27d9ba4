import { OurServer } from "./our_server.ts";
import type { Scale } from "./scale.ts";
import { median, printTable, timed } from "./table.ts";
import { emailOf } from "./users.ts";
import { Visitor } from "./visitor.ts";

const warmUps = 10;
/** Fewer than make the next one wait. */
const triesForEach = 4;

type Email = () => string;

/**
 * How long a refused login takes, by its reason, as a ratio to a wrong password. A skipped hash
 * would show as a ratio near 0; the tests count hashes and KV operations as well.
 */
export async function measureEqualWork({ refusedLogins: pairs }: Scale): Promise<void> {
  let tried = 0;
  let strangers = 0;
  const wrong = () => emailOf(Math.floor(tried++ / triesForEach));
  const reasons: [reason: string, email: Email][] = [
    ["a wrong password again", wrong],
    ["an unknown address", () => `nobody${strangers++}@example.com`],
    ["not an address", () => `nobody${strangers++}`],
  ];
  const users = Math.ceil((warmUps + pairs * (reasons.length + 1)) / triesForEach);
  await using server = await OurServer.start(users);

  const timeOf = (email: Email) =>
    timed(async () => {
      const fields = { email: email(), password: "not a password" };
      const status = await new Visitor(server.process).send("/login", fields);
      if (status !== 422) throw new Error(`Cannot compare: a login was answered ${status}`);
    });
  for (let i = 0; i < warmUps; i++) await timeOf(wrong);

  const rows: string[][] = [];
  for (const [reason, email] of reasons) {
    const ratios: number[] = [];
    for (let i = 0; i < pairs; i++) ratios.push(await timeOf(email) / await timeOf(wrong));
    rows.push([reason, median(ratios).toFixed(3)]);
  }
  printTable(["refused login", "time ÷ that of a wrong password"], rows);
}
