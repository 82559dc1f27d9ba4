import type { MailPart } from "./layout.tsx";

const MAX_LINE = 72;

/** Writes the parts of a mail as text. A link stands alone on its line. */
export function plainText(parts: readonly MailPart[]): string {
  return parts.map(write).join("\n\n") + "\n";
}

function write(part: MailPart): string {
  if (typeof part === "string") return wrap(part);
  if ("facts" in part) {
    return part.facts.map(([label, value]) => wrap(`${label}: ${value}`)).join("\n");
  }
  return `${wrap(`${part.label}:`)}\n\n${part.url}`;
}

/** Breaks a paragraph into lines. Line breaks inside it become spaces. */
function wrap(paragraph: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of straightQuotes(paragraph).split(/\s+/v)) {
    const longer = line === "" ? word : `${line} ${word}`;
    const fits = line === "" || [...longer].length <= MAX_LINE;
    if (!fits) lines.push(line);
    line = fits ? longer : word;
  }
  return [...lines, line].join("\n");
}

/** Straight quotation marks: English text is then plain ASCII. */
function straightQuotes(sentence: string): string {
  return sentence.replaceAll(/[‘’]/gv, "'").replaceAll(/[“”]/gv, '"');
}
