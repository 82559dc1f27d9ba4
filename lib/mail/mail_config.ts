import { canonicalEmail } from "../account/email_address.ts";
import { isLoopback } from "../http/host.ts";
import type { MailAddress } from "./mail.ts";

/** The variables that say how mails leave. */
export type MailEnvironment = Partial<
  Record<"MAIL_FROM" | "SMTP_URL" | "MAIL_API_URL" | "MAIL_API_KEY" | "LOGIN_BY_MAIL", string>
>;

/** How mails leave: by SMTP, by the HTTP API of a provider, or not at all, into a box to look at. */
export type MailTransportConfig =
  | { readonly kind: "smtp"; readonly url: string }
  | { readonly kind: "http_api"; readonly url: string; readonly key: string }
  | { readonly kind: "mailbox" };

export interface MailConfig {
  readonly from: MailAddress;
  readonly transport: MailTransportConfig;
}

/**
 * Reads how mails leave; null when mail is off.
 *
 * @param whenUnset What counts when no variable is set.
 * @param report Gets each problem, a sentence that says what to set.
 */
export function readMailConfig(
  env: MailEnvironment,
  whenUnset: MailConfig | null,
  report: (problem: string) => void,
): MailConfig | null {
  const problems = [...pairProblems(env)];
  const from = env.MAIL_FROM ? parseMailAddress(env.MAIL_FROM) : null;
  if (env.MAIL_FROM && !from) {
    problems.push(
      "MAIL_FROM is not an address: set it to one such as Latchkey <no-reply@app.example>.",
    );
  }
  const smtpProblem = env.SMTP_URL ? smtpFault(env.SMTP_URL) : null;
  if (smtpProblem) problems.push(smtpProblem);
  problems.push(...apiProblems(env));
  problems.forEach(report);
  if (!from) return problems.length > 0 ? null : whenUnset;
  if (env.SMTP_URL) return { from, transport: { kind: "smtp", url: env.SMTP_URL } };
  const { MAIL_API_URL: url = "", MAIL_API_KEY: key = "" } = env;
  return { from, transport: { kind: "http_api", url, key } };
}

/** The mailbox of development, which needs no settings. */
export const developmentMail: MailConfig = {
  from: { name: "Latchkey", address: "no-reply@localhost" },
  transport: { kind: "mailbox" },
};

/** Reads `Name <address>`, or an address alone. Null when it is neither. */
export function parseMailAddress(text: string): MailAddress | null {
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text)) return null;
  const named = /^([^<>]*)<([^<>]+)>$/.exec(text.trim());
  const address = canonicalEmail(named?.[2] ?? text);
  const name = (named?.[1] ?? "").trim().replace(/^"(.*)"$/, "$1");
  return address === null ? null : { name, address };
}

/** Problems of variables that need each other, or exclude each other. */
function* pairProblems(env: MailEnvironment): Generator<string> {
  const { MAIL_FROM, SMTP_URL, MAIL_API_URL, MAIL_API_KEY } = env;
  const hasApi = MAIL_API_URL || MAIL_API_KEY;
  if (MAIL_FROM && !SMTP_URL && !hasApi) {
    yield "MAIL_FROM is set without a way to send: " +
      "set SMTP_URL, or MAIL_API_URL and MAIL_API_KEY, or leave MAIL_FROM out.";
  }
  if (!MAIL_FROM && (SMTP_URL || hasApi)) {
    yield `${SMTP_URL ? "SMTP_URL" : "MAIL_API_URL"} is set without MAIL_FROM: ` +
      "set MAIL_FROM to the address that mails are from, such as " +
      "Latchkey <no-reply@app.example>.";
  }
  if (SMTP_URL && hasApi) {
    yield "SMTP_URL and MAIL_API_URL are both set: set only the one that mails leave by.";
  }
  if (hasApi && !MAIL_API_URL) {
    yield "MAIL_API_KEY is set without MAIL_API_URL: set both, or neither.";
  }
  if (hasApi && !MAIL_API_KEY) {
    yield "MAIL_API_URL is set without MAIL_API_KEY: set both, or neither.";
  }
}

/** What is wrong with the URL of a mail server. It never quotes the URL, which has a password. */
function smtpFault(text: string): string | null {
  const url = URL.parse(text);
  const isServer = url !== null && ["smtp:", "smtps:"].includes(url.protocol) &&
    /^[a-z0-9.:[\]-]+$/i.test(url.hostname) && ["", "/"].includes(url.pathname) &&
    !url.search && !url.hash;
  if (!isServer) {
    return "SMTP_URL is not a mail server: " +
      "set it to an address such as smtp://user:password@smtp.example:587.";
  }
  if (!url.username !== !url.password) {
    return "SMTP_URL has half a login: set it with both user and password, or with neither.";
  }
  if (!decodes(url.username) || !decodes(url.password)) {
    return "SMTP_URL has a % that stands for nothing: set it with %25 for each % of the password.";
  }
  return null;
}

function decodes(text: string): boolean {
  try {
    return decodeURIComponent(text) !== null;
  } catch {
    return false;
  }
}

function* apiProblems({ MAIL_API_URL, MAIL_API_KEY }: MailEnvironment): Generator<string> {
  const url = URL.parse(MAIL_API_URL ?? "");
  const isSafe = url?.protocol === "https:" ||
    url?.protocol === "http:" && isLoopback(url.hostname);
  if (MAIL_API_URL && (!isSafe || url.username || url.password || url.hash)) {
    yield "MAIL_API_URL is not an https address: set it to one without a user in it, " +
      "such as https://api.mail.example/emails.";
  }
  if (MAIL_API_KEY && !/^[!-~]+$/.test(MAIL_API_KEY)) {
    yield "MAIL_API_KEY has characters that no key has: set it as the provider wrote it.";
  }
}
