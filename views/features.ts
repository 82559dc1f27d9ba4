/** What the site offers beyond passwords: pages link to nothing that is not there. */
export interface Features {
  /** Whether mails are sent: addresses are verified, and forgotten passwords reset. */
  readonly mail: boolean;
  /** Whether a mailed link logs in. */
  readonly loginByMail: boolean;
}
