import type { MailContent } from "../../lib/mail/mail.ts";
import type { Text } from "../text/en.ts";
import { plainText } from "./plain_text.ts";

/** A link: what opening it does, and where it leads. */
export interface MailLink {
  readonly label: string;
  readonly url: string;
}

/** What the mail reports, as pairs of a label and a value. */
export interface MailFacts {
  readonly facts: readonly (readonly [label: string, value: string])[];
}

/** A part of a mail. A string is a paragraph. */
export type MailPart = string | MailLink | MailFacts;

/** A mail, before it is written as text and as HTML. */
export interface MailDescription {
  /** Holds nothing that a person typed. It is the heading too. */
  readonly subject: string;
  readonly parts: readonly MailPart[];
}

/** Writes a mail as text and as HTML, with the same words in both. */
export function writeMail(text: Text, description: MailDescription): MailContent {
  const { subject, parts } = description;
  const closing = text.mail.automatic(text.siteName);
  return {
    subject,
    text: plainText([text.siteName, subject, ...parts, closing]),
    html: "<!DOCTYPE html>" + <MailDocument text={text} closing={closing} {...description} />,
  };
}

// Mail programs read style attributes more reliably than a style element. Only the button has
// colours, always both: the others stay those of the program, which knows about dark mode.
const styles = {
  body: "margin:0;font:16px/1.5 system-ui,sans-serif",
  column: "max-width:36rem;margin:0 auto;padding:24px 20px;overflow-wrap:break-word",
  site: "margin:0 0 24px;font-weight:600",
  heading: "margin:0 0 16px;font-size:24px;line-height:1.25;font-weight:650",
  paragraph: "margin:0 0 16px",
  button:
    "display:inline-block;padding:12px 20px;border-radius:8px;background-color:#0b6b50;color:#ffffff;font-weight:600;text-decoration:none",
  url: "margin:0 0 24px;font-size:14px;overflow-wrap:anywhere;word-break:break-all",
  facts: "margin:0 0 16px;border-collapse:collapse",
  label:
    "padding:2px 16px 2px 0;font-weight:600;text-align:left;vertical-align:top;white-space:nowrap",
  closing: "margin:32px 0 0;font-size:14px",
  value: "padding:2px 0;vertical-align:top;overflow-wrap:anywhere",
};

interface MailDocumentProps extends MailDescription {
  readonly text: Text;
  readonly closing: string;
}

function MailDocument({ text, subject, parts, closing }: MailDocumentProps) {
  return (
    <html lang={text.lang} style="color-scheme:light dark">
      <head>
        <meta charset="utf-8" />
        <title>{subject}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
      </head>
      <body style={styles.body}>
        <div style={styles.column}>
          <p style={styles.site}>{text.siteName}</p>
          <h1 style={styles.heading}>{subject}</h1>
          {parts.map((part) => <Part part={part} />)}
          <p style={styles.closing}>{closing}</p>
        </div>
      </body>
    </html>
  );
}

function Part({ part }: { part: MailPart }) {
  if (typeof part === "string") return <p style={styles.paragraph}>{part}</p>;
  if ("facts" in part) return <Facts facts={part.facts} />;
  return (
    <>
      <p style="margin:0 0 8px">
        <a href={part.url} style={styles.button}>{part.label}</a>
      </p>
      <p style={styles.url}>{part.url}</p>
    </>
  );
}

function Facts({ facts }: MailFacts) {
  return (
    <table style={styles.facts}>
      <tbody>
        {facts.map(([label, value]) => (
          <tr>
            <th scope="row" style={styles.label}>{label}</th>
            <td style={styles.value}>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
