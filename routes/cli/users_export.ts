/** Prints everything that the site knows about a person, as JSON: `deno task users:export ADDRESS`. */
import { canonicalEmail } from "../../lib/account/email_address.ts";
import { printError, usageError, writeOut } from "../../lib/cli/command.ts";
import { addWrites } from "../../lib/kv/write.ts";
import { onSite } from "./account_command.ts";

async function main([address = "", ...rest]: readonly string[]): Promise<number> {
  const email = canonicalEmail(address);
  if (!email || rest.length > 0) return usageError("users:export ADDRESS");
  return await onSite(() => new Date(), async ({ kv, accounts, accountExport, events }) => {
    const { user } = await accounts.findCredential(email);
    if (!user) {
      printError(`${address}: has no account`);
      return 1;
    }
    const operation = kv.atomic();
    addWrites(operation, await events.records(user.id, { kind: "exported", by: "command" }));
    await operation.commit();
    for await (const piece of accountExport.pieces(user)) await writeOut(piece);
    return 0;
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args));
