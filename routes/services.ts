import { createLogin, kvStore, type Login } from "@latchkey/login";
import type { User } from "../lib/account/user.ts";
import { anonymizeAddress } from "../lib/http/client_address.ts";
import { errorFields } from "../lib/log/log.ts";
import { type CoreServices, createCoreServices, type World } from "../lib/services.ts";
import { deviceCookieLifetime } from "../lib/throttle/device_cookie.ts";
import { SECOND } from "../lib/time.ts";
import { languages } from "../views/text/languages.ts";
import { createGuards, type Guards } from "./guards.ts";
import { SiteCookie } from "./middleware/cookie.ts";
import { LanguageChoice } from "./middleware/language.ts";
import { logLogin } from "./middleware/log.ts";
import { RequestThrottle } from "./middleware/request_throttle.ts";
import { guardMessage } from "./middleware/page.tsx";

/** What routes use. Each names the ones it takes: `Pick<Services, "login" | "accounts">`. */
export interface Services extends CoreServices {
  readonly login: Login<User>;
  readonly guards: Guards;
  readonly throttle: RequestThrottle;
  readonly language: LanguageChoice;
}

export function createServices(world: World): Services {
  const core = createCoreServices(world, languages[0].siteName);
  const { origin } = core.config;
  const login = createAppLogin(core);
  return {
    ...core,
    login,
    guards: createGuards(login),
    throttle: new RequestThrottle(
      core.loginThrottle,
      core.mailThrottle,
      new SiteCookie("device", origin, deviceCookieLifetime / SECOND),
    ),
    language: new LanguageChoice(origin),
  };
}

/** The one place where the package meets the accounts. */
function createAppLogin({ kv, now, log, config, accounts }: CoreServices): Login<User> {
  return createLogin<User>({
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
}
