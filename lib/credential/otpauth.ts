interface SharedKey {
  /** In base32. */
  readonly key: string;
  /** Whose key it is, as the app lists it. */
  readonly account: string;
  /** Which site it is for. */
  readonly issuer: string;
}

/**
 * The address that an authenticator app reads from a QR code. Apps expect SHA-1, six digits and
 * steps of 30 seconds where it says nothing; some misread the parameters that would say so.
 */
export function otpauthUri({ key, account, issuer }: SharedKey): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  return `otpauth://totp/${label}?secret=${key}&issuer=${encodeURIComponent(issuer)}`;
}
