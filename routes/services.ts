import { createLogin, kvStore, type Login, type LoginEvent } from "@latchkey/login";
import type { Context } from "hono";
import type { User } from "../lib/account/user.ts";
import { anonymizeAddress } from "../lib/http/client_address.ts";
import { pendingLoginLifetime } from "../lib/credential/pending_login.ts";
import { errorFields } from "../lib/log/log.ts";
import { type CoreServices, createCoreServices, type World } from "../lib/services.ts";
import { deviceCookieLifetime } from "../lib/throttle/device_cookie.ts";
import { DAY, SECOND } from "../lib/time.ts";
import { languages } from "../views/text/languages.ts";
import { type CompleteLogin, createLoginCompletion } from "./complete_login.ts";
import { FactorProof } from "./factor_proof.ts";
import { createGuards, type Guards } from "./guards.ts";
import { Mails } from "./mails.ts";
import { AskingBrowser } from "./middleware/asking_browser.ts";
import { SiteCookie } from "./middleware/cookie.ts";
import { createHold } from "./middleware/held_request.ts";
import { LanguageChoice } from "./middleware/language.ts";
import { LoginRequest } from "./middleware/login_request.ts";
import { logLogin } from "./middleware/log.ts";
import { MailedLink } from "./middleware/mailed_link.ts";
import { RequestThrottle } from "./middleware/request_throttle.ts";
import { guardMessage } from "./middleware/page.tsx";

/** What routes use. Each names the ones it takes: `Pick<Services, "login" | "accounts">`. */
export interface Services extends CoreServices {
  readonly login: Login<User>;
  readonly guards: Guards;
  readonly throttle: RequestThrottle;
  readonly language: LanguageChoice;
  /** Null when mail is off. */
  readonly mail: MailServices | null;
  /** The token of a login that waits for its second factor. */
  readonly pendingCookie: SiteCookie;
  readonly factorProof: FactorProof;
  readonly completeLogin: CompleteLogin;
}

/** What routes use that exist only with mail. */
export interface MailServices {
  readonly mails: Mails;
  readonly mailedLink: MailedLink;
  readonly askingBrowser: AskingBrowser;
  readonly loginRequest: LoginRequest;
}

export function createServices(world: World): Services {
  const core = createCoreServices(world, languages[0].siteName);
  const { origin } = core.config;
  const mail = createMailServices(core);
  const login = createAppLogin(core, mail);
  const services = {
    ...core,
    login,
    // With mail, knowing the password is not enough to replace one that others know.
    guards: createGuards(login, {
      passwordPage: mail ? "/password-reset" : "/account/password",
      requireSecondFactor: core.config.requireSecondFactor,
      hold: createHold(login, core.heldRequests),
    }),
    throttle: new RequestThrottle(
      core.loginThrottle,
      core.mailThrottle,
      new SiteCookie("device", origin, deviceCookieLifetime / SECOND),
    ),
    language: new LanguageChoice(origin),
    pendingCookie: new SiteCookie("pending", origin, pendingLoginLifetime / SECOND),
    mail,
  };
  return {
    ...services,
    factorProof: new FactorProof(services),
    completeLogin: createLoginCompletion(services),
  };
}

function createMailServices(
  { kv, outbox, emailTokens: tokens, seal, now, config: { origin } }: CoreServices,
): MailServices | null {
  return outbox && {
    mails: new Mails({ kv, outbox, tokens, origin, now }),
    mailedLink: new MailedLink(origin),
    askingBrowser: new AskingBrowser("asked", origin, DAY),
    loginRequest: new LoginRequest(origin, seal),
  };
}

/** The one place where the package meets the accounts. */
function createAppLogin(core: CoreServices, mail: MailServices | null): Login<User> {
  const { kv, now, log, config, accounts } = core;
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
      listen: loginListener(core, mail),
      report: (error) => log("listener_failed", errorFields(error)),
    },
  });
}

/** Writes events to the log; a user is told when somebody came with a copy of their cookie. */
function loginListener({ accounts }: CoreServices, mail: MailServices | null) {
  return async (event: LoginEvent<User>, c: Context): Promise<void> => {
    logLogin(event, c);
    if (!mail || event.type !== "remember_reused") return;
    const user = await accounts.find(event.userId);
    if (user) await mail.mails.commit(mail.mails.rememberReused(c, user));
  };
}
