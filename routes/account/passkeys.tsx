import { addToCommit } from "@latchkey/login/kv";
import { type Context, Hono } from "hono";
import type { User } from "../../lib/account/user.ts";
import type { RemovePasskeyResult } from "../../lib/credential/passkey.ts";
import { mustHaveFactor, worthlessProofs } from "../../lib/credential/second_factor.ts";
import { readDevice } from "../../lib/http/user_agent.ts";
import { addWrites } from "../../lib/kv/write.ts";
import { PasskeysPage, type PasskeysPageProps } from "../../views/account/passkeys.tsx";
import { form, nameField, text } from "../middleware/form.ts";
import type { Services } from "../services.ts";

const path = "/account/passkeys";

type Used = Pick<
  Services,
  | "login"
  | "activity"
  | "guards"
  | "passkeys"
  | "passkeyCeremonies"
  | "recoveryCodes"
  | "throttle"
  | "mail"
  | "now"
  | "config"
>;

/** Adds, renames and removes passkeys. */
export function passkeysRoutes(services: Used) {
  const { login, guards, passkeys, passkeyCeremonies, recoveryCodes, throttle, mail, now, config } =
    services;
  const { activity } = services;
  const routes = new Hono();
  const { fresh } = guards.enrolling;

  routes.get(path, fresh, (c) => page(c, c.var.user, {}));

  routes.post(`${path}/options`, fresh, async (c) => {
    const { user, session } = c.var;
    return c.json(await passkeyCeremonies.registrationOptions(user, session.id));
  });

  routes.post(
    path,
    fresh,
    form({ credential: text.min(1, "missing") }, (c) => {
      return page(c, c.var.user, { problem: "malformed" }, 422);
    }),
    async (c) => {
      const { user, session } = c.var;
      const answer = {
        text: c.req.valid("form").credential,
        sessionId: session.id,
        device: readDevice(c.req.header("user-agent") ?? ""),
      };
      let isFirstFactor = false;
      const added = await passkeyCeremonies.register(user, answer, async (operation, change) => {
        isFirstFactor = change.before.factors.length === 0;
        // The first factor brings recovery codes along, in the same commit.
        if (isFirstFactor) recoveryCodes.replace(operation, change.changed.id);
        const { name } = change.passkey;
        await activity.join(operation, c, user.id, "passkey_added", { name });
        if (mail) addWrites(operation, mail.mails.passkeyAdded(c, change.changed, change.passkey));
      });
      if (!added.ok) {
        c.var.log("input_validation_fail", { reason: `passkey_${added.reason}` });
        return await page(c, user, { problem: added.reason }, 422);
      }

      c.var.log("authn_token_created", { reason: "passkey" });
      // This login proved the passkey too: its pages do not ask for it at once again.
      await login.reauthenticate(c, ["hwk"]);
      await login.flash(c, "passkey_added");
      return c.redirect(isFirstFactor ? "/account/recovery-codes" : path, 303);
    },
  );

  routes.post(
    `${path}/:id/rename`,
    fresh,
    form({ name: nameField }, (c, { name: problem = "missing" }, typed) => {
      const refusedName = { id: c.req.param("id") ?? "", typed: typed("name"), problem };
      return page(c, c.var.user, { refusedName }, 422);
    }),
    async (c) => {
      const { user } = c.var;
      const { name } = c.req.valid("form");
      const event = await activity.record(c, user.id, "passkey_renamed", { facts: { name } });
      const renamed = await passkeys.rename(user.id, c.req.param("id"), name, event);
      if (!renamed) {
        await logForeign(c, user);
        return await page(c, user, { problem: "gone" }, 404);
      }
      await login.flash(c, "passkey_renamed");
      return c.redirect(path, 303);
    },
  );

  routes.post(`${path}/:id/remove`, fresh, async (c) => {
    const { user } = c.var;
    const removed = await remove(c, c.req.param("id"), user);
    if (!removed.ok && removed.reason === "last_way_in") {
      return await page(c, user, { problem: "last_way_in" }, 409);
    }
    if (!removed.ok) return await goneBefore(c, user);
    c.var.log("authn_token_revoked", { reason: "passkey" });
    throttle.setDeviceCookie(c, removed.user);
    await login.flash(c, "passkey_removed");
    return c.redirect(path, 303);
  });

  /** With the last factor its recovery codes end. This session lives on; every other one ends. */
  async function remove(c: Context, id: string, user: User): Promise<RemovePasskeyResult> {
    let result: RemovePasskeyResult = { ok: false, reason: "gone" };
    await login.renew(c, [], async (sessionChange) => {
      result = await passkeys.remove(user.id, id, async (operation, { changed, passkey }) => {
        if (changed.factors.length === 0) recoveryCodes.removeAll(operation, changed.id);
        addToCommit(operation, await sessionChange(changed, worthlessProofs(changed)));
        const { name } = passkey;
        await activity.join(operation, c, user.id, "passkey_removed", { name });
        if (mail) addWrites(operation, mail.mails.passkeyRemoved(c, changed, passkey));
      });
      return result.ok ? result.user : null;
    });
    return result;
  }

  /** Its form was sent twice, or another browser was faster. Another user's gets the same answer. */
  async function goneBefore(c: Context, user: User): Promise<Response> {
    await logForeign(c, user);
    return c.redirect(path, 303);
  }

  async function logForeign(c: Context, user: User): Promise<void> {
    const isAnothers = await passkeys.isAnothers(user.id, c.req.param("id") ?? "");
    if (isAnothers) c.var.log("authz_fail", { reason: "not_theirs" });
  }

  async function page(
    c: Context,
    user: User,
    props: Pick<PasskeysPageProps, "problem" | "refusedName">,
    status?: 404 | 409 | 422,
  ) {
    const { text, features } = c.var;
    const list = await passkeys.listReadable(user.id);
    const isRequired = mustHaveFactor(user, config.requireSecondFactor) &&
      user.factors.length === 0;
    const given = { text, features, user, isRequired, now: now(), ...list };
    return c.render(<PasskeysPage {...given} {...props} />, {
      title: text.passkeys.title,
      status,
    });
  }

  return routes;
}
