import { Accounts } from "./account/accounts.ts";
import { Administration } from "./account/administration.ts";
import { AdminInvites } from "./account/admin_invite.ts";
import { Events } from "./account/events.ts";
import { EmailChanges } from "./account/email_changes.ts";
import { EmailTokens } from "./account/email_token.ts";
import { IdentityRegistrations } from "./account/identity_registrations.ts";
import { LoginLinks } from "./account/login_links.ts";
import { OwnedRecords } from "./account/owned_records.ts";
import { PasswordResets } from "./account/password_resets.ts";
import { Registrations } from "./account/registrations.ts";
import { Roles } from "./account/role_records.ts";
import { UserDirectory } from "./account/user_directory.ts";
import { Undo } from "./account/undo.ts";
import type { Config } from "./config.ts";
import { ApiTokens } from "./credential/api_token.ts";
import { AddedFactors } from "./credential/added_factor.ts";
import { Challenges } from "./credential/challenge.ts";
import { rangeBlocklist, shippedBlocklist } from "./credential/blocklist.ts";
import { Passkeys } from "./credential/passkey.ts";
import { PasskeyCeremonies } from "./credential/passkey_ceremonies.ts";
import { Passwords } from "./credential/password.ts";
import { HeldRequests } from "./credential/held_request.ts";
import type { HashPassword } from "./credential/hash_algorithms.ts";
import { Identities } from "./credential/identity.ts";
import { unknownKeyReport } from "./credential/pepper_check.ts";
import { PendingLogins } from "./credential/pending_login.ts";
import { PasswordPolicy } from "./credential/password_policy.ts";
import { RecoveryCodes } from "./credential/recovery_code.ts";
import { WaysIn } from "./credential/way_in.ts";
import { Totp } from "./credential/totp.ts";
import type { Kv } from "./kv/kv.ts";
import type { SendMail } from "./mail/mail.ts";
import { Mailbox } from "./mail/mailbox.ts";
import { Outbox } from "./mail/outbox.ts";
import { ProviderSessions } from "./oidc/provider_session.ts";
import { createProviders, type Providers } from "./oidc/providers.ts";
import { Tickets } from "./oidc/ticket.ts";
import type { ProvedSignIn } from "./oidc/transaction.ts";
import { UsedLogoutTokens } from "./oidc/used_logout_token.ts";
import { Seal } from "./seal.ts";
import type { Log } from "./log/log.ts";
import { Keyring } from "./login/keyring.ts";
import { ApiThrottle } from "./throttle/api_throttle.ts";
import { ConcurrencyLimit } from "./throttle/concurrency_limit.ts";
import { DeviceCookies } from "./throttle/device_cookie.ts";
import { LoginThrottle } from "./throttle/login_throttle.ts";
import { MailThrottle } from "./throttle/mail_throttle.ts";
import { RateLimits } from "./throttle/rate_limit.ts";
import { type Clock, SECOND } from "./time.ts";

/** Everything outside the app. A test replaces these fields and nothing else. */
export interface World {
  readonly kv: Kv;
  readonly now: Clock;
  readonly hash: HashPassword;
  readonly fetch: typeof globalThis.fetch;
  readonly send: SendMail;
  readonly log: Log;
  readonly config: Config;
}

/** The services that know nothing of HTTP; `routes/services.ts` adds those that do. */
export interface CoreServices extends Pick<World, "kv" | "now" | "log" | "config"> {
  readonly accounts: Accounts;
  readonly roles: Roles;
  readonly administration: Administration;
  readonly userDirectory: UserDirectory;
  readonly adminInvites: AdminInvites;
  readonly events: Events;
  readonly registrations: Registrations;
  readonly identityRegistrations: IdentityRegistrations;
  readonly passwordResets: PasswordResets;
  readonly emailChanges: EmailChanges;
  readonly undo: Undo;
  readonly emailTokens: EmailTokens;
  readonly loginLinks: LoginLinks;
  readonly seal: Seal;
  readonly pendingLogins: PendingLogins;
  readonly totp: Totp;
  readonly recoveryCodes: RecoveryCodes;
  readonly passkeys: Passkeys;
  readonly passkeyCeremonies: PasskeyCeremonies;
  readonly identities: Identities;
  readonly apiTokens: ApiTokens;
  readonly providers: Providers;
  /** Sign-ins that wait for an answer of their person. */
  readonly provedSignIns: Tickets<ProvedSignIn>;
  readonly providerSessions: ProviderSessions;
  readonly usedLogoutTokens: UsedLogoutTokens;
  readonly ownedRecords: OwnedRecords;
  readonly heldRequests: HeldRequests;
  readonly policy: PasswordPolicy;
  readonly loginThrottle: LoginThrottle;
  readonly mailThrottle: MailThrottle;
  readonly apiThrottle: ApiThrottle;
  /** Null when mail is off. */
  readonly outbox: Outbox | null;
  /** Where mails stay in development; null when they leave. */
  readonly mailbox: Mailbox | null;
}

/** @param siteName What the pages call the site: a password must not be made of it. */
export function createCoreServices(world: World, siteName: string): CoreServices {
  const { kv, now, hash, fetch, log, config } = world;

  const reportUnknownKey = unknownKeyReport(log, now);
  const reportCorrupt = (reason: string, userId: string) => {
    log("record_corrupt", { reason, userId });
  };
  const passwords = new Passwords(hash, config.argon2, config.secretKeys, reportUnknownKey);
  const accounts = new Accounts(
    kv,
    passwords,
    now,
    reportCorrupt,
  );
  const policy = new PasswordPolicy(
    config.passwordMinLength,
    [siteName.toLowerCase(), new URL(config.origin).hostname],
    shippedBlocklist(),
    config.passwordRangeUrl ? rangeBlocklist(config.passwordRangeUrl, fetch, 2 * SECOND) : null,
  );
  const keyring = new Keyring(config.secretKeys);
  const limits = new RateLimits(kv, keyring, now);
  const loginThrottle = new LoginThrottle(
    limits,
    new DeviceCookies(keyring, now),
    new ConcurrencyLimit(),
    kv.deadline,
  );

  const mailThrottle = new MailThrottle(limits, kv.deadline);
  const mailbox = config.mail?.transport.kind === "mailbox" ? new Mailbox(kv, now) : null;
  const seal = new Seal(config.secretKeys, reportUnknownKey);
  const outbox = createOutbox(world, seal, mailbox);
  const emailTokens = new EmailTokens(kv, now);
  const totp = new Totp(kv, accounts, seal, now);
  const recoveryCodes = new RecoveryCodes(kv, keyring, seal, now);
  const waysIn = new WaysIn(kv, accounts, config.providers);
  const passkeys = new Passkeys({ kv, accounts, waysIn, reportCorrupt });
  const identities = new Identities(kv, accounts, waysIn, now);
  const roles = new Roles(kv, now);
  const apiTokens = new ApiTokens({ kv, accounts, seal, now });
  const events = new Events(kv, keyring, now, config.eventsFor);
  const ownedRecords = new OwnedRecords({
    emailTokens,
    totp,
    recoveryCodes,
    passkeys,
    identities,
    apiTokens,
    roles,
    events,
  });
  const passkeyCeremonies = new PasskeyCeremonies({
    passkeys,
    challenges: new Challenges(kv, keyring, now),
    relyingParty: {
      id: new URL(config.origin).hostname,
      name: siteName,
      origin: config.origin,
    },
    now,
  });
  const addedFactors = new AddedFactors({ totp, recoveryCodes, passkeys, identities });

  return {
    kv,
    now,
    log,
    config,
    accounts,
    roles,
    adminInvites: new AdminInvites(kv, now),
    userDirectory: new UserDirectory(kv),
    administration: new Administration(kv, roles, now),
    events,
    registrations: new Registrations(kv, passwords, identities, now),
    identityRegistrations: new IdentityRegistrations({
      kv,
      accounts,
      identities,
      ownedRecords,
      now,
    }),
    passwordResets: new PasswordResets(kv, passwords, now),
    emailChanges: new EmailChanges(kv, now),
    undo: new Undo(kv, addedFactors, now),
    emailTokens,
    loginLinks: new LoginLinks({ kv, emailTokens, keyring, ownedRecords, now }),
    seal,
    pendingLogins: new PendingLogins(kv, now),
    totp,
    recoveryCodes,
    passkeys,
    passkeyCeremonies,
    identities,
    apiTokens,
    providers: createProviders(config.providers, { fetch, now, origin: config.origin }),
    provedSignIns: new Tickets("proved_identity", kv, seal, now),
    providerSessions: new ProviderSessions(kv, seal, config.lifetimes, now),
    usedLogoutTokens: new UsedLogoutTokens(kv, now),
    ownedRecords,
    heldRequests: new HeldRequests(kv, seal, now),
    policy,
    loginThrottle,
    mailThrottle,
    apiThrottle: new ApiThrottle(limits, now, kv.deadline),
    outbox,
    mailbox,
  };
}

function createOutbox(
  { kv, now, log, send, config: { mail } }: World,
  seal: Seal,
  mailbox: Mailbox | null,
): Outbox | null {
  if (!mail) return null;
  const host = mail.from.address.replace(/^.*@/, "");
  return new Outbox({ kv, seal, send: mailbox ? mailbox.send : send, now, log, host });
}
