import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import type { ProviderLink } from "../../../views/features.ts";
import {
  ConfirmIdentityPage,
  type ConfirmIdentityPageProps,
  type ConfirmSituation,
} from "../../../views/login/with_confirm.tsx";
import { en } from "../../../views/text/en.ts";

const acme: ProviderLink = { name: "acme", label: "Acme", mark: null };
const verified = { name: "Ann Meyer", email: "ann@acme.example", emailVerified: true };
const unverified = { ...verified, emailVerified: false };
const loginHere = "/login?next=%2Flogin%2Fwith%2Facme%2Fconfirm";

const draw = (situation: ConfirmSituation, props: Partial<ConfirmIdentityPageProps> = {}) =>
  `${(
    <ConfirmIdentityPage
      text={en}
      features={{ mail: true, loginByMail: false, providers: [acme] }}
      provider={acme}
      identity={verified}
      question="q"
      situation={situation}
      user={["link", "switch"].includes(situation) ? { email: "ann@example.com" } : null}
      {...props}
    />
  )}`;

const all = (page: string, pattern: RegExp) => [...page.matchAll(pattern)].map(([, it]) => it);
const buttons = (page: string) => all(page, /<button [^>]*name="action" value="(\w+)"/g);
const links = (page: string) => all(page, /<a [^>]*href="([^"]*)"/g);

const offers: Record<ConfirmSituation, [buttons: string[], links: string[]]> = {
  new: [["create"], [loginHere, "/login"]],
  taken: [[], [loginHere, "/password-reset", "/login"]],
  unconfirmed: [["create"], [loginHere, "/login"]],
  link: [["link"], ["/account"]],
  switch: [["switch"], ["/account"]],
};

for (const [situation, expected] of Object.entries(offers)) {
  Deno.test(`the page about an account at a provider offers what fits: ${situation}`, () => {
    const page = draw(situation as ConfirmSituation);

    deepEqual([buttons(page), links(page)], expected);
    match(page, /<strong><bdi>ann@acme\.example/, "it says which account it is about");
  });
}

Deno.test("somebody who is logged in may make a separate account, where one can be made", () => {
  const page = draw("link", { canCreate: true });

  deepEqual(buttons(page), ["link", "create"]);
  match(page, /<details class="other-way" ?><summary>/);
  match(page, /logged out of ann@example\.com/);
});

Deno.test("an address that the provider verified is not typed; any other one can be", () => {
  doesNotMatch(draw("new"), /name="email"/);
  match(draw("new", { identity: unverified }), /name="email"[^>]* value="ann@acme\.example"/);
});

Deno.test("a mail that confirms the address is announced only where mails are sent", () => {
  const features = { mail: false, loginByMail: false, providers: [acme] };

  match(draw("new", { identity: unverified }), /aria-describedby="email-hint"/);
  doesNotMatch(draw("new", { identity: unverified, features }), /email-hint/);
  doesNotMatch(draw("taken", { features }), /password-reset/);
});

Deno.test("a problem opens the part of the page that it is in, and keeps what was typed", () => {
  for (const situation of ["link", "unconfirmed"] as const) {
    const page = draw(situation, {
      canCreate: true,
      identity: unverified,
      input: { name: "", email: "ann" },
      problems: { name: "missing", email: "email_invalid" },
    });

    match(page, /<details class="other-way" open\b/, situation);
    match(page, /id="email"[^>]* value="ann"/, situation);
    equal(all(page, /(autofocus)/g).length, 1, situation);
  }
});

Deno.test("removing somebody's account to make another says so, and looks like it", () => {
  const page = draw("unconfirmed");

  match(page, /can’t be undone/);
  match(page, /class="danger" name="action" value="create">/);
});
