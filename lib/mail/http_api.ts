import { type Mail, type MailAddress, MailNotSent, MailRefused } from "./mail.ts";
import type { MailTransport } from "./transport.ts";

interface HttpApiOptions {
  /** Posted to as it stands. */
  readonly url: string;
  readonly key: string;
  readonly from: MailAddress;
  readonly fetch: typeof globalThis.fetch;
  /** For each mail, in milliseconds. */
  readonly deadline: number;
}

/** Of the answer, in bytes. */
const MAX_ANSWER = 4096;
/** These are about the mail. Any other is about the settings, the account or the moment. */
const forGood = [400, 422];

/** Sends mails through the HTTP API of a provider, in the shape that Resend takes. */
export class HttpApiTransport implements MailTransport {
  readonly #options: HttpApiOptions;

  constructor(options: HttpApiOptions) {
    this.#options = options;
  }

  async deliver(mail: Mail): Promise<string> {
    const { status, answer } = await this.#post(mail);
    if (status >= 200 && status < 300) return answer;
    const Failure = forGood.includes(status) ? MailRefused : MailNotSent;
    throw new Failure(`Cannot send a mail: the mail API answered ${status}`, answer);
  }

  async #post(mail: Mail): Promise<{ status: number; answer: string }> {
    const { url, key, from, fetch: request, deadline } = this.#options;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), deadline);
    try {
      const response = await request(url, {
        method: "POST",
        headers: {
          authorization: `Bearer ${key}`,
          "content-type": "application/json",
          "idempotency-key": mail.messageId,
        },
        body: JSON.stringify(bodyOf(mail, from)),
        redirect: "manual", // another server must not see the key
        signal: late.signal,
      });
      return { status: response.status, answer: await readStart(response) };
    } catch (error) {
      const what = late.signal.aborted ? "did not answer in time" : "cannot be reached";
      throw new MailNotSent(`Cannot send a mail: the mail API ${what}`, String(error));
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The recipient without a name: the shape has only text, and an address alone cannot be two. */
function bodyOf({ to, subject, text, html, messageId }: Mail, from: MailAddress) {
  return {
    from: formatAddress(from),
    to: [to.address],
    subject,
    text,
    html,
    headers: {
      "Auto-Submitted": "auto-generated",
      "Message-ID": messageId,
    },
  };
}

/** RFC 5322 §3.4 */
function formatAddress({ name, address }: MailAddress): string {
  if (!name) return address;
  const isPlain = /^[\p{L}\p{N}\p{M} !#$%&'*+/=?^_`{|}~-]+$/u.test(name);
  return `${isPlain ? name : `"${name.replace(/["\\]/g, "\\$&")}"`} <${address}>`;
}

/** Reads the beginning of an answer; no server makes the app keep more. */
async function readStart(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  // Leaving the loop cancels the rest.
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk.subarray(0, MAX_ANSWER - size), { stream: true });
    size += chunk.length;
    if (size >= MAX_ANSWER) break;
  }
  return text;
}
