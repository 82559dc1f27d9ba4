import { createLogin, kvStore } from "@latchkey/login";
import { Hono } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import { requestId } from "hono/request-id";
import { Accounts } from "../lib/account/accounts.ts";
import { LoginThrottle } from "../lib/throttle/login_throttle.ts";
import { rangeBlocklist, shippedBlocklist } from "../lib/credential/blocklist.ts";
import type { HashPassword } from "../lib/credential/password_hash.ts";
import { deviceCookieLifetime, DeviceCookies } from "../lib/throttle/device_cookie.ts";
import { Passwords } from "../lib/credential/password.ts";
import { PasswordPolicy } from "../lib/credential/password_policy.ts";
import type { User } from "../lib/account/user.ts";
import { anonymizeAddress } from "../lib/http/client_address.ts";
import type { Config } from "../lib/config.ts";
import type { Kv } from "../lib/kv/kv.ts";
import { errorFields, type Log } from "../lib/log/log.ts";
import { RateLimits } from "../lib/throttle/rate_limit.ts";
import { type Clock, SECOND } from "../lib/time.ts";
import { ConcurrencyLimit } from "../lib/throttle/concurrency_limit.ts";
import { languages } from "../views/text/languages.ts";
import { accountRoutes } from "./account.tsx";
import { apiRoutes } from "./api/me.ts";
import { assetRoutes } from "./system/assets.ts";
import { RequestThrottle } from "./middleware/login_throttle.ts";
import { installSecurity } from "./middleware/security.ts";
import { addresses } from "./middleware/client_address.ts";
import { requirePasswordChange } from "./guards.ts";
import { SiteCookie } from "./middleware/cookie.ts";
import { deletionRoutes } from "./account/deletion.tsx";
import { answerErrors, refuse } from "./middleware/errors.tsx";
import { healthRoutes } from "./system/health.ts";
import { homeRoutes } from "./home.tsx";
import { languageRoutes } from "./language.ts";
import { LanguageChoice } from "./middleware/language.ts";
import { logLogin, requestLog } from "./middleware/log.ts";
import { loginRoutes } from "./login.tsx";
import { logoutRoutes } from "./logout.tsx";
import { guardMessage, pages } from "./middleware/page.tsx";
import { passphraseRoutes } from "./passphrase.ts";
import { passwordRoutes } from "./account/password.tsx";
import { passwordStrengthRoutes } from "./password_strength.ts";
import { profileRoutes } from "./profile.tsx";
import { reauthenticateRoutes } from "./reauthenticate.tsx";
import { registerRoutes } from "./register.tsx";
import { reportRoutes } from "./system/reports.ts";
import { sessionsRoutes } from "./account/sessions.tsx";
import { wellKnownRoutes } from "./system/well_known.ts";

/** Everything outside the app, through one door: these are all a test has to stand in for. */
export interface World {
  readonly kv: Kv;
  readonly now: Clock;
  readonly hash: HashPassword;
  readonly fetch: typeof globalThis.fetch;
  readonly log: Log;
  readonly config: Config;
}

/** All wiring, and the map of the site. */
export function createApp({ kv, now, hash, fetch, log, config }: World): Hono {
  const policy = new PasswordPolicy(
    config.passwordMinLength,
    [languages[0].siteName.toLowerCase(), new URL(config.origin).hostname],
    shippedBlocklist(),
    config.passwordRangeUrl ? rangeBlocklist(config.passwordRangeUrl, fetch, 2 * SECOND) : null,
  );
  const accounts = new Accounts(
    kv,
    new Passwords(hash, config.argon2, config.secretKeys),
    now,
    (kind, userId) => log("record_corrupt", { reason: kind, userId }),
  );
  const login = createLogin<User>({
    store: kvStore(kv),
    loadUser: (id) => accounts.find(id),
    keys: config.secretKeys,
    origin: config.origin,
    lifetimes: config.lifetimes,
    protection: config.sessionProtection,
    now,
    network: (c) => anonymizeAddress(c.var.address),
    loginPage: "/login",
    reauthenticatePage: "/reauthenticate",
    homePage: "/profile",
    excludeFromNext: ["/logout"],
    loginMessage: "log_in_first",
    reauthenticateMessage: "reauthenticate_first",
    translate: guardMessage,
    events: {
      listen: logLogin,
      report: (error) => log("listener_failed", errorFields(error)),
    },
  });

  const [secretKey] = config.secretKeys as [Uint8Array<ArrayBuffer>];
  const throttle = new RequestThrottle(
    new LoginThrottle(
      new RateLimits(kv, now, secretKey),
      new DeviceCookies(config.secretKeys, now),
      new ConcurrencyLimit(),
      (email) => accounts.findByEmail(email),
      () => 1.5 * kv.deadline,
    ),
    new SiteCookie("device", config.origin, deviceCookieLifetime / SECOND),
  );

  const language = new LanguageChoice(config.origin);

  const app = new Hono();
  app.use(requestId({ headerName: "" })); // our own: one that a client chose would end up in the log
  app.use(addresses(config.trustedProxies));
  app.use(requestLog(log));
  app.use(login.middleware);
  app.use(pages(login, language));
  app.use(methodNotAllowed({
    app,
    onMethodNotAllowed: (c, methods) => {
      c.header("Allow", methods.join(", "));
      return refuse(c, "method_not_allowed");
    },
  }));
  installSecurity(app, config.origin);
  answerErrors(app);

  app.route("/", assetRoutes());
  app.route("/", healthRoutes(kv));
  app.route("/", wellKnownRoutes(config.origin, config.securityContact, now));
  app.route("/", reportRoutes(app, now));
  app.route("/", languageRoutes(language));
  app.route("/", logoutRoutes(login));
  app.route("/", reauthenticateRoutes(login, accounts, throttle));
  app.route("/", passwordRoutes(login, accounts, policy, throttle));
  app.route("/", passwordStrengthRoutes(login, policy));
  app.route("/", passphraseRoutes());
  app.use(requirePasswordChange(login)); // what stands above is open to them, and nothing else
  app.route("/", homeRoutes(login));
  app.route("/", registerRoutes(login, accounts, policy, throttle));
  app.route("/", loginRoutes(login, accounts, throttle));
  app.route("/", profileRoutes(login, accounts));
  app.route("/", accountRoutes(login));
  app.route("/", sessionsRoutes(login, now));
  app.route("/", deletionRoutes(login, accounts, throttle));
  app.route("/", apiRoutes(login));
  return app;
}
