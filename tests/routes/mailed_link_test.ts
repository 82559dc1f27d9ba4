import { deepEqual, equal, ok } from "node:assert/strict";
import { EmailTokens, type Purpose } from "../../lib/account/email_token.ts";
import type { Browser } from "../support/browser.ts";
import { allForms, everyForm, type Form } from "../support/forms.ts";
import { ann, bob, eve } from "../support/people.ts";
import { TestWorld } from "../support/world.ts";

type LinkForm = Form & { readonly path: string; readonly link: Purpose };

/** The forms that use a link up; asking for a passkey's options does not. */
const linkForms: readonly LinkForm[] = allForms.flatMap(({ link, ...form }) =>
  link && form.fields.email ? [{ ...form, link }] : []
);

interface Site {
  readonly world: TestWorld;
  /** Opens a link of Ann's, for the address in the form. */
  readonly openFirst: () => Promise<void>;
  /** Opens a link for this other address. */
  readonly openSecond: () => Promise<void>;
  readonly second: string;
  readonly browser: Browser;
}

function linkTest(
  { path, link, who, fields }: LinkForm,
  what: string,
  run: (site: Site) => Promise<void>,
) {
  Deno.test(`${path}: ${what}`, async () => {
    await using world = await TestWorld.create({ config: everyForm });
    const anns = await world.ann();
    await world.bob();
    await world.browser().post("/register", { ...eve }); // a registration that waits
    await world.delivered();
    const browser = who === "ann" ? anns : world.browser();
    // The second link of a user goes to another address; only what waits can be rejected.
    const owner = link === "change_email" ? ann : path.endsWith("/reject") ? eve : bob;
    const second = owner === ann ? "third@example.org" : owner.email;
    const open = async (owner: string, email: string) =>
      browser.cookies.set("__Host-mailed", await newLink(world, link, owner, email));
    await run({
      world,
      browser,
      second,
      openFirst: async () => void await open(ann.email, fields.email as string),
      openSecond: async () => void await open(owner.email, second),
    });
  });
}

/** The token of a new link. */
async function newLink(world: TestWorld, purpose: Purpose, owner: string, email: string) {
  const users = (await world.dump()).filter(({ key }) => key[0] === "user");
  const user = users.map(({ value }) => value as { id: string; email: string })
    .find((it) => it.email === owner);
  const tokens = new EmailTokens(world.kv, () => world.now);
  const { token, write } = tokens.prepare(purpose, { id: user?.id ?? "", email });
  await world.database.set([...write.key], write.value);
  return token;
}

for (const form of linkForms) {
  const { path, fields } = form;

  linkTest(form, "a form uses no link that another tab opened since", async (site) => {
    const { world, browser, second } = site;
    await site.openFirst();
    const page = await (await browser.get(path.replace("/reject", "/confirm"))).text();
    ok(/<form class="card".*?<\/form>/s.exec(page)?.[0].includes(`value="${fields.email}"`));

    await site.openSecond();
    const before = await world.dump();
    equal((await browser.post(path, fields)).status, 410);
    equal((await browser.post(path, { ...fields, password: "", code: "" })).status, 410);
    equal((await browser.post(path, { ...fields, email: "nobody" })).status, 410);
    deepEqual(await world.dump(), before);
    ok([303, 422].includes((await browser.post(path, { ...fields, email: second })).status));
  });

  linkTest(form, "a form without an address uses the link that is open", async (site) => {
    const { email: _, ...others } = fields;
    await site.openSecond();
    ok([303, 422].includes((await site.browser.post(path, others)).status));
  });
}
