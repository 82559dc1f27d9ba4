import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import type { ProviderLink } from "../../views/features.ts";
import { ProviderButtons } from "../../views/provider_buttons.tsx";
import { en } from "../../views/text/en.ts";
import { languages } from "../../views/text/languages.ts";

const google: ProviderLink = { name: "google", label: "Google", mark: "google" };
const microsoft: ProviderLink = { name: "microsoft", label: "Microsoft", mark: "microsoft" };
const acme: ProviderLink = { name: "acme", label: "Acme & Sons", mark: null };
const providers = [google, microsoft, acme];

const draw = (props: Partial<Parameters<typeof ProviderButtons>[0]>) =>
  `${<ProviderButtons text={en} providers={providers} last={null} {...props} />}`;

/** What each link says, to a screen reader too: its mark says nothing. */
const names = (html: string) =>
  [...html.matchAll(/<a [^>]*>(.*?)<\/a>/g)].map(([, content = ""]) =>
    content.replaceAll(/<svg.*?aria-hidden="true".*?<\/svg>/g, "").replaceAll(/<[^>]+>/g, " ")
      .trim()
      .replaceAll(/\s+/g, " ")
  );

Deno.test("without providers the page has neither buttons nor a line that divides", () => {
  equal(draw({ providers: [] }), "");
});

Deno.test("a button names its provider, in the words that the provider asks for", () => {
  deepEqual(names(draw({})), [
    "Continue with Google",
    "Sign in with Microsoft",
    "Continue with Acme &amp; Sons",
  ]);
});

Deno.test("a button leads to the page of its provider, and keeps where to go", () => {
  match(draw({}), /href="\/login\/with\/google"/);
  match(draw({ next: "/account?a=1" }), /href="\/login\/with\/acme\?next=%2Faccount%3Fa%3D1"/);
});

Deno.test("the provider that was used last says so in its own link, and no other does", () => {
  for (const text of languages) {
    const marked = names(draw({ text, last: "microsoft" }))
      .map((name) => name.endsWith(text.providers.lastUsed));

    deepEqual(marked, [false, true, false], text.lang);
  }
  doesNotMatch(draw({ last: "gone" }), /Last used/);
});
