import type { MailboxEntry } from "../lib/mail/mailbox.ts";
import type { Text } from "./text/en.ts";
import { RelativeTime } from "./time.tsx";

interface MailboxPageProps {
  text: Text;
  now: Date;
  /** The newest first. */
  mails: readonly MailboxEntry[];
}

/** The mails that the site sent, for a developer. */
export function MailboxPage({ text, now, mails }: MailboxPageProps) {
  return (
    <>
      <h1>{text.mailbox.title}</h1>
      <p>{text.mailbox.intro}</p>
      {mails.length === 0 ? <p>{text.mailbox.empty}</p> : (
        <ul class="card-grid overview mailbox">
          {mails.map(({ id, mail, sentAt }) => (
            <li class="card">
              <div>
                <a href={`/dev/mailbox/${id}`}>{mail.subject}</a>
                <p class="hint">
                  {mail.to.address} · <RelativeTime text={text} time={sentAt} now={now} />
                </p>
              </div>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

interface MailPageProps {
  text: Text;
  now: Date;
  entry: MailboxEntry;
  /** Where its HTML is served. */
  htmlPath: string;
}

/** One mail, as text and as HTML. */
export function MailboxMailPage({ text, now, entry, htmlPath }: MailPageProps) {
  const { mail, sentAt } = entry;
  return (
    <>
      <p>
        <a href="/dev/mailbox">‹ {text.mailbox.title}</a>
      </p>
      <h1>{mail.subject}</h1>
      <dl class="card">
        <dt>{text.mailbox.to}</dt>
        <dd>
          {mail.to.name === "" ? mail.to.address : (
            <>
              <bdi>{mail.to.name}</bdi> {`<${mail.to.address}>`}
            </>
          )}
        </dd>
        <dt>{text.mailbox.sent}</dt>
        <dd>
          <RelativeTime text={text} time={sentAt} now={now} />
        </dd>
      </dl>
      <section class="mail-part" aria-labelledby="text-part">
        <h2 id="text-part">{text.mailbox.asText}</h2>
        <pre>{withLinks(mail.text)}</pre>
      </section>
      <section class="mail-part" aria-labelledby="html-part">
        <h2 id="html-part">{text.mailbox.asHtml}</h2>
        <iframe src={htmlPath} title={text.mailbox.asHtml} sandbox={sandbox}></iframe>
      </section>
    </>
  );
}

/** No script, no form, no cookies of the site: only links, which lead out of the frame. */
const sandbox = "allow-top-navigation-by-user-activation";

/** Splits a text before and after each address. */
function withLinks(text: string) {
  return text.split(/(https?:\/\/[^\s<>"]+)/).map((part, i) =>
    i % 2 === 1 ? <a href={part}>{part}</a> : part
  );
}
