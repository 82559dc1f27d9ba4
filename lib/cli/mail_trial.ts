/** Sends one mail with the settings of the app, to see whether it arrives: `deno task mail:test`. */
import { canonicalEmail } from "../account/email_address.ts";
import { newId } from "../keys.ts";
import { type Mail, MailNotSent, MailRefused } from "../mail/mail.ts";
import { type MailConfig, readMailConfig } from "../mail/mail_config.ts";
import { type MailTransport, makeTransport } from "../mail/transport.ts";
import { print, printError, readMailEnvironment, usageError } from "./command.ts";

const MAIL_OFF = "Mail is off: set MAIL_FROM, and SMTP_URL or MAIL_API_URL and MAIL_API_KEY.";

/** Returns the exit code: 1 when the mail was not taken, 2 when it could not be tried. */
async function main([address = "", ...rest]: readonly string[]): Promise<number> {
  const to = canonicalEmail(address);
  if (to === null || rest.length > 0) return usageError("mail:test ADDRESS");
  const problems: string[] = [];
  const mail = readMailConfig(readMailEnvironment(), null, (problem) => problems.push(problem));
  for (const problem of problems) printError(problem);
  if (problems.length > 0) return 2;

  const transport = makeTransport(mail, fetch);
  if (mail && transport) return await deliver(transport, trialMail(mail, to));
  printError(MAIL_OFF);
  return 2;
}

async function deliver(transport: MailTransport, mail: Mail): Promise<number> {
  try {
    print(`Sent. The server answered: ${await transport.deliver(mail)}`);
    return 0;
  } catch (error) {
    if (!(error instanceof MailNotSent)) throw error;
    printError(error.message);
    if (error.answer) printError(`The server or the connection said: ${error.answer}`);
    const isForGood = error instanceof MailRefused;
    printError(isForGood ? "The app would not try again." : "The app would try again later.");
    return 1;
  }
}

function trialMail({ from }: MailConfig, address: string): Mail {
  const text = "This mail was sent by hand, to see whether mails of this site arrive.";
  return {
    to: { name: "", address },
    subject: "A mail to see whether mails arrive",
    text: `${text}\n`,
    html: `<p>${text}</p>`,
    messageId: `<${newId()}@${from.address.split("@")[1]}>`,
  };
}

if (import.meta.main) Deno.exit(await main(Deno.args));
