import { createLogin, type Login, type LoginEvent } from "@latchkey/login";
import { kvStore } from "@latchkey/login/kv";
import type { Context } from "hono";
import { sessionLimitsOf } from "../lib/account/role.ts";
import type { User } from "../lib/account/user.ts";
import { anonymizeAddress } from "../lib/http/client_address.ts";
import { ApiTokenReminders } from "../lib/credential/api_token_reminders.ts";
import { pendingLoginLifetime } from "../lib/credential/pending_login.ts";
import { addWrites } from "../lib/kv/write.ts";
import { errorFields } from "../lib/log/log.ts";
import { type CoreServices, createCoreServices, type World } from "../lib/services.ts";
import { ticketLifetime, Tickets } from "../lib/oidc/ticket.ts";
import type { Transaction } from "../lib/oidc/transaction.ts";
import { deviceCookieLifetime } from "../lib/throttle/device_cookie.ts";
import { DAY, SECOND } from "../lib/time.ts";
import { languages } from "../views/text/languages.ts";
import { AccountDeletion } from "./account_deletion.ts";
import { AccountExport } from "./account_export.ts";
import { Activity } from "./activity.ts";
import { type CompleteLogin, createLoginCompletion } from "./complete_login.tsx";
import { IdentityLink } from "./identity_link.ts";
import { IdentityLogin } from "./identity_login.ts";
import { IdentitySignUp } from "./identity_sign_up.ts";
import { IdentityProof } from "./identity_proof.ts";
import { FactorProof } from "./factor_proof.ts";
import { createGuards, type Guards } from "./guards.ts";
import { Mails } from "./mails.ts";
import { AskingBrowser } from "./middleware/asking_browser.ts";
import { SiteCookie } from "./middleware/cookie.ts";
import { refuse } from "./middleware/errors.tsx";
import { createHold } from "./middleware/held_request.ts";
import { LanguageChoice } from "./middleware/language.ts";
import { LoginRequest } from "./middleware/login_request.ts";
import { logLogin } from "./middleware/log.ts";
import { MailedLink } from "./middleware/mailed_link.ts";
import { NetworkLimit } from "./middleware/network_limit.ts";
import { RequestThrottle } from "./middleware/request_throttle.ts";
import { hasToken, loadByToken } from "./middleware/api_token.ts";
import { guardMessage } from "./middleware/page.tsx";
import { ViewAs } from "./view_as.ts";
import { ProviderSignIn } from "./provider_sign_in.tsx";

/** For each network: each writes a record. */
const MAX_SIGN_INS_PER_MINUTE = 120;

/** What routes use. Each names the ones it takes: `Pick<Services, "login" | "accounts">`. */
export interface Services extends CoreServices {
  readonly login: Login<User>;
  readonly guards: Guards;
  readonly activity: Activity;
  readonly viewAs: ViewAs;
  readonly accountDeletion: AccountDeletion;
  readonly accountExport: AccountExport;
  /** The link of an invitation that this browser opened. */
  readonly adminLink: MailedLink;
  readonly throttle: RequestThrottle;
  readonly language: LanguageChoice;
  /** Null when mail is off. */
  readonly mail: MailServices | null;
  /** The token of a login that waits for its second factor. */
  readonly pendingCookie: SiteCookie;
  readonly factorProof: FactorProof;
  readonly completeLogin: CompleteLogin;
  readonly signIn: ProviderSignIn;
  readonly identityLogin: IdentityLogin;
  readonly identitySignUp: IdentitySignUp;
  readonly identityLink: IdentityLink;
  readonly identityProof: IdentityProof;
  /** The secret of a sign-in that waits for an answer. */
  readonly identityCookie: SiteCookie;
  /** The provider that was used last in this browser. */
  readonly lastProvider: SiteCookie;
}

/** What routes use that exist only with mail. */
export interface MailServices {
  readonly mails: Mails;
  /** Each sweep of the outbox follows one of these. */
  readonly apiTokenReminders: ApiTokenReminders;
  readonly mailedLink: MailedLink;
  readonly askingBrowser: AskingBrowser;
  readonly loginRequest: LoginRequest;
}

export function createServices(world: World): Services {
  const core = createCoreServices(world, languages[0].siteName);
  const { origin } = core.config;
  const mail = createMailServices(core);
  const login = createAppLogin(core, mail);
  const viewAs = new ViewAs(login, core.accounts, core.now);
  const services = {
    ...core,
    login,
    viewAs,
    activity: new Activity(core.events),
    adminLink: new MailedLink(origin),
    // With mail, knowing the password is not enough to replace one that others know.
    guards: createGuards(login, {
      passwordPage: mail ? "/password-reset" : "/account/password",
      requireSecondFactor: core.config.requireSecondFactor,
      apiThrottle: core.apiThrottle,
      hold: createHold(login, core.heldRequests),
      viewAs,
    }),
    throttle: new RequestThrottle(
      core.loginThrottle,
      core.mailThrottle,
      new SiteCookie("device", origin, deviceCookieLifetime / SECOND),
    ),
    language: new LanguageChoice(origin),
    pendingCookie: new SiteCookie("pending", origin, pendingLoginLifetime / SECOND),
    identityCookie: new SiteCookie("identity", origin, ticketLifetime / SECOND),
    lastProvider: new SiteCookie("provider", origin, 365 * DAY / SECOND),
    mail,
  };
  const completeLogin = createLoginCompletion(services);
  const signIn = new ProviderSignIn({
    login,
    now: core.now,
    transactions: new Tickets<Transaction>("oidc_transaction", core.kv, core.seal, core.now),
    browser: new AskingBrowser("oidc", origin, ticketLifetime),
    limit: new NetworkLimit(MAX_SIGN_INS_PER_MINUTE, core.now),
  });
  return {
    ...services,
    accountDeletion: new AccountDeletion(services),
    accountExport: new AccountExport(services),
    factorProof: new FactorProof(services),
    completeLogin,
    signIn,
    identityLogin: new IdentityLogin({ ...services, completeLogin, signIn }),
    identitySignUp: new IdentitySignUp(services),
    identityLink: new IdentityLink({ ...services, signIn }),
    identityProof: new IdentityProof({ ...services, signIn }),
  };
}

function createMailServices(core: CoreServices): MailServices | null {
  const { kv, outbox, accounts, emailTokens: tokens, seal, now, log, config: { origin } } = core;
  if (!outbox) return null;
  const mails = new Mails({ kv, outbox, tokens, origin, now });
  return {
    mails,
    apiTokenReminders: new ApiTokenReminders({
      kv,
      accounts,
      now,
      log,
      mail: (user, token) => mails.apiTokenEnds(user, token),
    }),
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
    requestLoader: (_request, c) => loadByToken(c, core.apiTokens),
    ignoreCookies: hasToken,
    keys: config.secretKeys,
    origin: config.origin,
    lifetimes: config.lifetimes,
    limits: sessionLimitsOf,
    protection: config.sessionProtection,
    now,
    network: (c) => anonymizeAddress(c.var.address),
    loginPage: "/login",
    reauthenticatePage: "/reauthenticate",
    forbidden: (c) => refuse(c, "forbidden"),
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
function loginListener(
  { kv, accounts, events }: CoreServices,
  mail: MailServices | null,
) {
  const activity = new Activity(events);
  return async (event: LoginEvent<User>, c: Context): Promise<void> => {
    logLogin(event, c);
    if (event.type !== "remember_reused") return;
    const user = await accounts.find(event.userId);
    if (!user) return;
    const operation = kv.atomic();
    await activity.join(operation, c, user.id, "remember_reused");
    if (mail) addWrites(operation, mail.mails.rememberReused(c, user));
    await operation.commit();
  };
}
