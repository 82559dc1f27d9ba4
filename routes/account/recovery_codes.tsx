import type { Guard } from "@latchkey/login";
import { Hono } from "hono";
import { addWrites } from "../../lib/kv/write.ts";
import { NewRecoveryCodesPage, RecoveryCodesPage } from "../../views/account/recovery_codes.tsx";
import { enrolmentPage } from "../guards.ts";
import { isShown } from "../middleware/page.tsx";
import type { Services } from "../services.ts";

const path = "/account/recovery-codes";

/**
 * Shows a new set of recovery codes once, and else how many are left. Codes replace a factor: the
 * guard lets only a login in that proved one.
 */
export function recoveryCodesRoutes(
  { login, guards, accounts, recoveryCodes, activity, mail }: Pick<
    Services,
    "login" | "guards" | "accounts" | "recoveryCodes" | "activity" | "mail"
  >,
) {
  const routes = new Hono();

  /** Without a factor there is nothing to recover. */
  const needsFactor: Guard = async (c, next) => {
    const user = await login.user(c);
    if (!user || user.factors.length > 0) return await next();
    await login.flash(c, "add_factor_first");
    return c.redirect(enrolmentPage, 303);
  };

  routes.get(path, guards.fresh, needsFactor, async (c) => {
    const { text, features, user } = c.var;
    const { title } = text.recoveryCodes;
    const codes = isShown(c) ? await recoveryCodes.takeNew(user.id) : null;
    if (codes) {
      return c.render(
        <NewRecoveryCodesPage text={text} features={features} email={user.email} codes={codes} />,
        { title },
      );
    }
    const left = await recoveryCodes.count(user.id);
    return c.render(<RecoveryCodesPage text={text} features={features} left={left} />, { title });
  });

  routes.post(path, guards.fresh, needsFactor, async (c) => {
    const changed = await accounts.changeFactors(
      c.var.user.id,
      (user) => user.factors.length > 0 ? user : null,
      async (operation, user) => {
        recoveryCodes.replace(operation, user.id);
        await activity.join(operation, c, user.id, "recovery_codes_made");
        if (mail) addWrites(operation, mail.mails.recoveryCodesReplaced(c, user));
        return true;
      },
    );
    if (changed) c.var.log("authn_token_created", { reason: "recovery_codes" });
    return c.redirect(path, 303);
  });

  return routes;
}
