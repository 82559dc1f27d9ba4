import type { ProviderMark } from "../lib/oidc/provider.ts";

/** What the site offers beyond passwords: pages link to nothing that is not there. */
export interface Features {
  /** Whether mails are sent: addresses are verified, and forgotten passwords reset. */
  readonly mail: boolean;
  /** Whether a mailed link logs in. */
  readonly loginByMail: boolean;
  /** Where people may log in with an account that they have there, in the order of the buttons. */
  readonly providers: readonly ProviderLink[];
}

/** A provider, as a page names it and links to it. */
export interface ProviderLink {
  /** In URLs, such as `google`. */
  readonly name: string;
  /** What people call it, such as "Google". */
  readonly label: string;
  readonly mark: ProviderMark | null;
}
