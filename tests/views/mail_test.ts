import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import { greetingName } from "../../views/mail/greeting_name.ts";
import { newBrowserMail } from "../../views/mail/new_browser.tsx";
import { en, type Text } from "../../views/text/en.ts";
import { languages } from "../../views/text/languages.ts";
import { type SampleMail, sampleMails } from "../support/mails.ts";

const notices =
  /^(new_browser|login_after_failures|remember_reused|\w+_(changed|failed|used|disabled|added|removed|replaced|linked|unlinked|created))$/;

Deno.test("every mail of views/mail is tested here", async () => {
  const folder = new URL("../../views/mail/", import.meta.url);
  const shared = new Set(["layout.tsx", "notice.ts"]);
  const views: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    const source = await Deno.readTextFile(new URL(name, folder));
    if (/^export function \w+Mail\(\s*text: Text/m.test(source) && !shared.has(name)) {
      views.push(name.replace(/\.tsx$/, ""));
    }
  }

  deepEqual([...new Set(sampleMails(en).map(({ view }) => view))].sort(), views.sort());
});

Deno.test("the mail about a linked account says that its link unlinks it", () => {
  const mail = sampleMails(en).find(({ view }) => view === "identity_linked");
  match(mail?.text.replaceAll(/\s+/g, " ") ?? "", /open this link .* We'll unlink that account/);
});

for (const text of languages) {
  for (const mail of sampleMails(text)) {
    const test = (claim: string, check: () => void) =>
      Deno.test(`${mail.view} in ${text.languageName}: ${claim}`, check);

    test("text and HTML hold the same words in the same order", () => {
      deepEqual(words(visible(mail.html), mail), words(mail.text, mail));
    });

    test("each link stands alone on its line, once as a button and once as text", () => {
      const lines = mail.text.split("\n");
      deepEqual(lines.filter((line) => line.includes("http")), mail.links);
      for (const url of mail.links) equal(lines[lines.indexOf(url) + 1], "");
      deepEqual([...mail.html.matchAll(/href="([^"]*)"/g)].map(([, url]) => url), mail.links);
      deepEqual([...visible(mail.html).matchAll(/http\S+/g)].map(([url]) => url), mail.links);
    });

    test("lines of text are at most 72 characters long, but for links", () => {
      const long = mail.text.split("\n").filter((line) => [...line].length > 72);
      deepEqual(long.filter((line) => !mail.links.includes(line)), []);
    });

    test("the HTML is in its language, for light and dark, and loads nothing", () => {
      match(mail.html, new RegExp(`^<!DOCTYPE html><html lang="${text.lang}"`));
      match(mail.html, /<meta name="color-scheme" content="light dark">/);
      doesNotMatch(
        mail.html,
        /<(?!\/?(html|head|meta|title|body|div|p|h1|a|table|tbody|t[rhd])\b)[a-z]/i,
      );
      doesNotMatch(mail.html, /url\(|@import|src=|class=|background(-color)?:\s*(#fff|white)/i);
      for (const [, style = ""] of mail.html.matchAll(/style="([^"]*)"/g)) {
        equal(/(?<![-\w])color:/.test(style), /background-color:/.test(style), style);
      }
    });

    test("it says who writes, and what to do if it was not them", () => {
      ok(mail.text.startsWith(`${text.siteName}\n\n${mail.subject}\n\n`));
      const inOneLine = mail.text.replaceAll("\n", " ");
      const ifNotThem = text === en
        ? /If it wasn't you, |If you have questions about it, /
        : /Se non l'hai fatto tu, |Se hai domande, /;
      match(inOneLine, ifNotThem);
    });

    test("the subject is short and names nobody", () => {
      ok(mail.subject.length <= 50, mail.subject);
      doesNotMatch(mail.subject, /Ann/);
    });
  }

  Deno.test(`notices in ${text.languageName} can be undone for 7 days, a deletion cannot [SEC-H15]`, () => {
    for (const mail of sampleMails(text)) {
      const isNotice = notices.test(mail.view);
      equal(mail.text.includes(straight(text.mail.undo)), isNotice, mail.view);
      if (isNotice) match(mail.text, /7\s(days|giorni)/);
    }
  });

  Deno.test(`mails with a link in ${text.languageName} say how long it works`, () => {
    const lifetimes: Record<string, RegExp> = {
      verify_email: /24\s(hours|ore)/,
      reset_password: /1\s(hour|ora)/,
      change_email: /24\s(hours|ore)/,
      recover_account: /2\s(days|giorni)/,
      login_link: /10\s(minutes|minuti)/,
    };
    for (const mail of sampleMails(text)) match(mail.text, lifetimes[mail.view] ?? /./);
  });
}

const hostileNames = [
  "https://evil.example/",
  "www.evil.example",
  "evil.example",
  'Ann <a href="https://evil.example/">click</a>',
  "<img src=x>",
  "Click here: evil.example",
  "Ann,\nyour account is locked. Call us",
  "Ann\r\n\r\nhttps://evil.example/",
  "Ann\u2028Bob",
  "Ann  Bob",
  " Ann",
  "-",
  "\u202eelpmaxe.live",
  "\u0301Ann",
  "😀".repeat(80),
  "a".repeat(41),
  "Call 0123 456789",
  "ann@evil.example",
  "",
];

Deno.test("a name that could look like a sentence or a link is left out of the greeting", () => {
  for (const name of hostileNames) {
    equal(greetingName(name), null, JSON.stringify(name));
    const others = sampleMails(en, "?");
    deepEqual(sampleMails(en, name), others, JSON.stringify(name));
  }
  ok(sampleMails(en, "?").every(({ text }) => !text.includes("Hi ")));
});

Deno.test("people are greeted by name, in any script", () => {
  const names = [
    "Ann",
    "Anne-Marie O’Neill",
    "D'Angelo",
    "José Ñandú",
    "Nguyễn Thị Hương",
    "王小明",
  ];
  for (const name of [...names, "عائشة", "Zoe\u0308", "a".repeat(40)]) {
    equal(greetingName(name), name);
    const mail = newBrowserMailTo(en, name);
    ok(visible(mail.html).includes(`Hi ${name},`), name);
    ok(mail.text.includes(`Hi ${straight(name)},`), name);
  }
});

Deno.test("mails to people who may be strangers hold no name", () => {
  const toStrangers =
    /^(verify_email|already_registered|change_email|reset_password|recover_account|login_link)$/;
  for (const { view, html, text } of sampleMails(en)) {
    equal(/Hi Ann,/.test(text), !toStrangers.test(view), view);
    equal(/Hi Ann,/.test(html), !toStrangers.test(view), view);
  }
});

Deno.test("what a mail reports stays in its line and is escaped", () => {
  const device = 'Firefox\n\nhttps://evil.example/ <a href="https://evil.example/">';
  const mail = newBrowserMailTo(en, "Ann", device);

  doesNotMatch(mail.text, /^https:\/\/evil/m);
  doesNotMatch(mail.html, /href="https:\/\/evil/);
  match(mail.html, /&lt;a href=&quot;https/);
});

Deno.test("the text part of English mails is plain ASCII where nothing else was given", () => {
  for (const { view, text } of sampleMails(en)) {
    if (view !== "email_changed") match(text, /^[\n\x20-\x7e]*$/, view);
  }
});

function newBrowserMailTo(text: Text, name: string, device = "Firefox on Linux") {
  const undoUrl = "https://accounts.example.com/undo/x";
  return newBrowserMail(text, { name, device, network: null, time: new Date(0), undoUrl });
}

/** The text that a mail program shows of an HTML document. */
function visible(html: string): string {
  const entities: Record<string, string> = { lt: "<", gt: ">", quot: '"', "#39": "'", amp: "&" };
  const body = html.slice(html.indexOf("<body"));
  return body.replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/&(lt|gt|quot|#39|amp);/g, (_, name) => entities[name] ?? "");
}

/** The words, and the links, of a mail. */
function words(text: string, { links }: SampleMail): string[] {
  const found = straight(text).split(/\s+/).filter((word) => word !== "");
  // In the text part a label ends with a colon.
  return found.map((word) => links.includes(word) ? word : word.replace(/:$/, ""));
}

function straight(text: string): string {
  return text.replaceAll(/[‘’]/g, "'").replaceAll(/[“”]/g, '"');
}
