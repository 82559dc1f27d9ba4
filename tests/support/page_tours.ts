import type { Config } from "../../lib/config.ts";
import { developmentMail } from "../../lib/mail/mail_config.ts";
import { adminStates } from "./admin_states.ts";
import { apiTokenStates } from "./api_token_states.ts";
import { fakeProviders } from "./fake_google.ts";
import { mailGuestStates } from "./mail_guest_states.ts";
import { mailboxStates, mailMemberStates } from "./mail_member_states.ts";
import { googleThatTells, identityStates, tellingProviders } from "./identity_states.ts";
import { guestStates, memberStates, type PageState } from "./page_states.ts";
import { passkeyStates } from "./passkey_states.ts";
import { google, providerStates } from "./provider_states.ts";
import { secondFactorStates } from "./second_factor_states.ts";
import { totpStates } from "./totp_states.ts";
import { withMail } from "./world.ts";

/** States that one browser shows one after the other, on one site. */
export interface PageTour {
  readonly site: string;
  readonly config: Partial<Config>;
  /** Other people's servers that the site asks. */
  readonly fetch?: typeof globalThis.fetch;
  readonly states: readonly PageState[];
}

/** Every page in every state. */
export const pageTours: readonly PageTour[] = [
  { site: "without mail", config: {}, states: [...guestStates, ...memberStates] },
  {
    site: "with mail",
    config: { ...withMail, loginByMail: true },
    states: [...mailGuestStates, ...mailMemberStates],
  },
  { site: "with administrators", config: {}, states: adminStates },
  { site: "with API tokens", config: withMail, states: apiTokenStates },
  { site: "with an authenticator app", config: {}, states: totpStates },
  { site: "with passkeys", config: withMail, states: passkeyStates },
  { site: "with a second factor", config: withMail, states: secondFactorStates },
  {
    site: "with providers",
    config: { ...withMail, loginByMail: true, providers: fakeProviders },
    fetch: google.fetch,
    states: providerStates,
  },
  {
    site: "with linked accounts",
    config: { providers: tellingProviders },
    fetch: googleThatTells.fetch,
    states: identityStates,
  },
  { site: "in development", config: { mail: developmentMail }, states: mailboxStates },
];
