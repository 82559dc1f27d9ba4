import { deepEqual, doesNotMatch, match, ok } from "node:assert/strict";
import type { ProviderLink } from "../../../views/features.ts";
import {
  type ProviderProblem,
  ProviderProblemPage,
  type ProviderPurpose,
  StartPage,
} from "../../../views/login/with.tsx";
import { en, type Text } from "../../../views/text/en.ts";
import { languages } from "../../../views/text/languages.ts";

const acme: ProviderLink = { name: "acme", label: "Acme", mark: null };
const words = Object.keys(en.loginWith.problems) as ProviderProblem[];
const purposes = Object.keys(en.loginWith.purposes) as ProviderPurpose[];

const problem = (props: Partial<Parameters<typeof ProviderProblemPage>[0]>) =>
  `${(
    <ProviderProblemPage
      text={en}
      provider={acme}
      word="refused"
      purpose="login"
      again="/again"
      detail={null}
      {...props}
    />
  )}`;

const start = (text: Text, purpose: ProviderPurpose) =>
  `${(
    <StartPage
      text={text}
      provider={acme}
      purpose={purpose}
      action="/start"
      host="id.acme.example"
      next="/account"
      hasRemember={purpose === "login"}
    />
  )}`;

const links = (html: string) => [...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href);

Deno.test("what a provider says is shown as text [SEC-K14]", () => {
  const detail = `"><script>alert(1)</script><img src=x onerror=alert(1)>`;
  const page = problem({ detail, provider: { ...acme, label: "<b>Acme</b>" } });

  doesNotMatch(page, /<(?:script|img|b)\b/);
  match(page, /<code>&quot;&gt;&lt;script&gt;/);
});

for (const text of languages) {
  Deno.test(`the page before a provider says where its button leads, in ${text.languageName}`, () => {
    for (const purpose of purposes) {
      const page = start(text, purpose);
      match(page, /id\.acme\.example/);
      ok(page.split("<form").length === 2 && page.split("<button").length === 2, purpose);
    }
  });
}

Deno.test("the name of a provider begins no English sentence, so that any name fits", () => {
  for (const word of words) {
    const { title, body } = en.loginWith.problems[word];
    for (const sentences of [title("the local provider"), body("the local provider")]) {
      doesNotMatch(sentences, /(?:^|[.!?] )the local provider/);
    }
  }
});

Deno.test("a problem leads back to the other ways to do the same", () => {
  deepEqual(links(problem({ purpose: "login", next: "/a" })), ["/again", "/login?next=%2Fa"]);
  deepEqual(links(problem({ purpose: "link", next: "/a" })), ["/again", "/account/identities"]);
  deepEqual(links(problem({ purpose: "reauthenticate", next: "/a" })), [
    "/again",
    "/reauthenticate?next=%2Fa",
  ]);
});

Deno.test("no problem asks to begin again where that cannot help", () => {
  const final = words.filter((word) => !links(problem({ word })).includes("/again"));

  deepEqual(final, ["suspended", "issuer_taken", "too_many"]);
});

Deno.test("only a login offers to remember the browser", () => {
  deepEqual(purposes.filter((it) => start(en, it).includes('name="remember"')), ["login"]);
});
