import { Hono } from "hono";
import { requestId } from "hono/request-id";
import type { World } from "../lib/services.ts";
import { accountRoutes } from "./account.tsx";
import { activityRoutes } from "./account/activity.tsx";
import { apiTokensRoutes } from "./account/api_tokens.tsx";
import { deletionRoutes } from "./account/deletion.tsx";
import { emailRoutes } from "./account/email.tsx";
import { exportRoutes } from "./account/export.tsx";
import { identitiesRoutes } from "./account/identities.tsx";
import { noticesRoutes } from "./account/notices.tsx";
import { passkeysRoutes } from "./account/passkeys.tsx";
import { passwordRoutes } from "./account/password.tsx";
import { firstPasswordRoutes } from "./account/password/first.tsx";
import { recoveryCodesRoutes } from "./account/recovery_codes.tsx";
import { sessionsRoutes } from "./account/sessions.tsx";
import { totpRoutes } from "./account/totp.tsx";
import { adminActsRoutes } from "./admin/acts.tsx";
import { adminEventsRoutes } from "./admin/events.tsx";
import { adminInviteRoutes } from "./admin/invite.tsx";
import { adminUsersRoutes } from "./admin/users.tsx";
import { viewAsRoutes } from "./admin/view_as.ts";
import { apiEventsRoutes } from "./api/events.ts";
import { meRoutes } from "./api/me.ts";
import { openApiRoutes } from "./api/openapi.ts";
import { apiSessionsRoutes } from "./api/sessions.ts";
import { homeRoutes } from "./home.tsx";
import { languageRoutes } from "./language.ts";
import { loginRoutes } from "./login.tsx";
import { loginLinkRoutes } from "./login/link.tsx";
import { loginLinkConfirmRoutes } from "./login/link_confirm.tsx";
import { loginPasskeyRoutes } from "./login/passkey.tsx";
import { secondFactorRoutes } from "./login/second_factor.tsx";
import { loginWithRoutes } from "./login/with.tsx";
import { backchannelLogoutRoutes } from "./login/with/backchannel_logout.ts";
import { loginWithConfirmRoutes } from "./login/with/confirm.tsx";
import { logoutRoutes } from "./logout.tsx";
import { setClientAddress } from "./middleware/client_address.ts";
import { handleErrors } from "./middleware/errors.tsx";
import { requestLog } from "./middleware/log.ts";
import { sendMails } from "./middleware/mails.ts";
import { pageRenderer } from "./middleware/page.tsx";
import { installSecurity } from "./middleware/security.ts";
import { passphraseRoutes } from "./passphrase.ts";
import { passwordResetRoutes } from "./password_reset.tsx";
import { newPasswordRoutes } from "./password_reset/new.tsx";
import { passwordStrengthRoutes } from "./password_strength.ts";
import { profileRoutes } from "./profile.tsx";
import { reauthenticateRoutes } from "./reauthenticate.tsx";
import { finishRoutes } from "./reauthenticate/finish.tsx";
import { reauthenticateWithRoutes } from "./reauthenticate/with.tsx";
import { recoverAccountRoutes } from "./recover_account.tsx";
import { registerRoutes } from "./register.tsx";
import { undoRoutes } from "./undo.tsx";
import { createServices, type Services } from "./services.ts";
import { verifyEmailRoutes } from "./verify_email.tsx";
import { assetRoutes } from "./system/assets.ts";
import { mailboxRoutes } from "./system/dev_mailbox.tsx";
import { healthRoutes } from "./system/health.ts";
import { reportRoutes } from "./system/reports.ts";
import { wellKnownRoutes } from "./system/well_known.ts";

/**
 * The map of the site.
 *
 * @param services Given by a process that uses them beside the app.
 */
export function createApp(world: World, services: Services = createServices(world)): Hono {
  const { config, log, login, mail, outbox } = services;
  const app = new Hono();

  app.use(requestId({ headerName: "" })); // never the client's own id: it would stand in the log
  app.use(setClientAddress(config.trustedProxies));
  app.use(requestLog(log, world.now));
  if (outbox) app.use(sendMails(outbox));
  app.use(login.middleware);
  app.use(pageRenderer(services));
  installSecurity(app, config);
  app.use(services.viewAs.readOnly);
  handleErrors(app);

  app.route("/", homeRoutes(services));
  app.route("/", languageRoutes(services));
  app.route("/", registerRoutes(services));
  app.route("/", passwordStrengthRoutes(services));
  app.route("/", passphraseRoutes());
  app.route("/", loginRoutes(services));
  app.route("/", secondFactorRoutes(services));
  app.route("/", loginPasskeyRoutes(services));
  if (mail) app.route("/", verifyEmailRoutes({ ...services, ...mail }));
  if (mail) app.route("/", passwordResetRoutes({ ...services, ...mail }));
  if (mail) app.route("/", newPasswordRoutes({ ...services, ...mail }));
  if (mail) app.route("/", recoverAccountRoutes({ ...services, ...mail }));
  if (mail) app.route("/", undoRoutes({ ...services, ...mail }));
  if (mail && config.loginByMail) {
    app.route("/", loginLinkRoutes({ ...services, ...mail }));
    app.route("/", loginLinkConfirmRoutes({ ...services, ...mail }));
  }
  if (config.providers.length > 0) {
    app.route("/", loginWithRoutes(services));
    app.route("/", loginWithConfirmRoutes(services));
    app.route("/", backchannelLogoutRoutes(services));
  }
  app.route("/", logoutRoutes(services));
  app.route("/", profileRoutes(services));
  app.route("/", reauthenticateRoutes(services));
  if (config.providers.length > 0) app.route("/", reauthenticateWithRoutes(services));
  app.route("/", finishRoutes(app, services));
  app.route("/", accountRoutes(services));
  if (mail) app.route("/", emailRoutes({ ...services, ...mail }));
  app.route("/", passwordRoutes(services));
  app.route("/", firstPasswordRoutes(services));
  app.route("/", totpRoutes(services));
  app.route("/", recoveryCodesRoutes(services));
  app.route("/", passkeysRoutes(services));
  app.route("/", identitiesRoutes(services));
  app.route("/", sessionsRoutes(services));
  app.route("/", activityRoutes(services));
  app.route("/", apiTokensRoutes(services));
  if (mail) app.route("/", noticesRoutes(services));
  app.route("/", exportRoutes(services));
  app.route("/", deletionRoutes(services));
  app.route("/", adminInviteRoutes(services));
  app.route("/", adminUsersRoutes(services));
  app.route("/", adminEventsRoutes(services));
  app.route("/", adminActsRoutes(services));
  app.route("/", viewAsRoutes(services));
  const api = [meRoutes(services), apiSessionsRoutes(services), apiEventsRoutes(services)];
  app.route("/", openApiRoutes(services, api));
  app.route("/", healthRoutes(services));
  app.route("/", wellKnownRoutes(services));
  const { mailbox } = services;
  if (mailbox) app.route("/", mailboxRoutes({ mailbox, now: world.now, origin: config.origin }));
  app.route("/", assetRoutes());
  app.route("/", reportRoutes(app, services));
  return app;
}
