import { deepEqual } from "node:assert/strict";
import { MINUTE } from "../../lib/time.ts";
import { languages } from "../../views/text/languages.ts";
import { BrowserServer } from "../support/browser_server.ts";
import { browserTest } from "../support/chromium.ts";
import { ann } from "../support/people.ts";
import { Visitor } from "../support/visitor.ts";

const { email, password } = ann;

for (const text of languages) {
  const { reauthenticate, finish, deletion, account, flash } = text;
  browserTest(
    `what met a stale login is finished after the proof, without scripts [${text.lang}]`,
    async (browser) => {
      await using server = await BrowserServer.create();
      const visitor = await Visitor.open(browser, { server, text });
      const deleteLater = async () => {
        await visitor.page.goto("/account/delete");
        server.world.pass(11 * MINUTE);
        await visitor.send({ email }, deletion.submit);
        await visitor.sees(reauthenticate.title, flash.sent_held);
        await visitor.send({ password }, reauthenticate.submit);
        await visitor.sees(finish.title, flash.reauthenticated);
      };
      await visitor.logIn(email, password);

      await deleteLater();
      await visitor.send({}, finish.decline);
      await visitor.sees(account.heading, flash.declined);

      await deleteLater();
      await visitor.send({}, finish.submit);
      await visitor.sees(text.home.heading, flash.account_deleted);
      await visitor.page.goto("/profile");
      await visitor.sees(text.login.title, flash.log_in_first);
      deepEqual(visitor.problems, []);
    },
  );
}
