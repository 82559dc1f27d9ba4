import { kvStore } from "@latchkey/login/kv";
import { equal, fail } from "node:assert/strict";
import { AdminInvites } from "../../lib/account/admin_invite.ts";
import { developmentMail } from "../../lib/mail/mail_config.ts";
import { makeSite, post } from "../login/site.ts";
import { SECOND } from "../../lib/time.ts";
import { createToken } from "./api_tokens.ts";
import { allFlows } from "./all_flows.ts";
import type { Browser } from "./browser.ts";
import { goldenKey, type Scene } from "./golden.ts";
import { ann } from "./people.ts";
import { codeAt, enrolTotp } from "./totp.ts";
import { TestWorld, withMail } from "./world.ts";

/** Everything that people do on the site, with the database before and after each action. */
export async function* walk(): AsyncGenerator<Scene> {
  for (const flow of allFlows) {
    const { config = {}, fetch } = flow;
    await using world = await TestWorld.create({
      config: { ...config, secretKeys: [goldenKey] },
      ...fetch ? { fetch } : {},
    });
    const { browser, act } = await flow.prepare(world);
    yield await sceneOf(`before ${flow.name}`, world, browser);
    await act(browser);
    yield await sceneOf(flow.name, world, browser);
  }
  yield* walkOffThePaths();
  yield await withSecrets();
}

/** A second factor, an API token, a remembered browser and a mailed link, all of Ann's. */
async function withSecrets(): Promise<Scene> {
  await using world = await TestWorld.create({ config: { ...withMail, secretKeys: [goldenKey] } });
  const browser = await world.ann();
  const { email, password } = ann;
  const { key: totpKey, recoveryCodes } = await enrolTotp(browser, world.now);
  const apiToken = await createToken(browser);
  world.pass(30 * SECOND); // so that the app shows a code that was not used
  const remembered = world.browser();
  await remembered.post("/login", { email, password, remember: "on" });
  await remembered.post("/login/second-factor", { code: codeAt(totpKey, world.now) });
  remembered.restart();
  await world.browser().post("/password-reset", { email });
  const secrets = {
    totpKey,
    recoveryCode: recoveryCodes[0] ?? fail("no code"),
    apiToken,
    remembered: Object.fromEntries(remembered.cookies),
    resetLink: await world.linkTo(email),
  };
  return { ...await sceneOf("all that opens an account", world, browser), secrets };
}

/** What no flow of a person leaves in the database. */
async function* walkOffThePaths(): AsyncGenerator<Scene> {
  const secretKeys = [goldenKey];
  {
    await using world = await TestWorld.create({ config: { secretKeys } });
    await new AdminInvites(world.kv, () => world.now).create(ann.email);
    equal((await world.browser().get("/health/ready")).status, 200);
    yield await sceneOf("an invitation, and the trial of health", world, world.browser());
  }
  {
    const refuse = () => Promise.reject(new Error("no mail server"));
    const config = { ...withMail, secretKeys };
    await using world = await TestWorld.create({ config, send: refuse });
    await world.browser().post("/register", { ...ann });
    yield await sceneOf("a mail that waits", world, world.browser());
    await world.delivered();
    yield await sceneOf("a mail that could not be sent", world, world.browser());
  }
  {
    const config = { mail: developmentMail, secretKeys };
    await using world = await TestWorld.create({ config });
    await world.browser().post("/register", { ...ann });
    yield await sceneOf("the mailbox of development", world, world.browser());
  }
  {
    await using world = await TestWorld.create({ config: { secretKeys } });
    const guest = makeSite({ store: kvStore(world.database) }).client();
    await guest.request("/data/cart/apples", post);
    yield await sceneOf("data of a guest, kept by the package", world, world.browser());
  }
}

async function sceneOf(name: string, world: TestWorld, browser: Browser): Promise<Scene> {
  if (!name.startsWith("a mail that waits")) await world.delivered();
  const records = (await world.dump()).map(({ key, value }) => ({ key: key.map(String), value }));
  const cookies = Object.fromEntries(browser.cookies);
  return { name, at: world.now, cookies, isVerifiable: false, records };
}
