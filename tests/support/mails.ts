import type { MailContent } from "../../lib/mail/mail.ts";
import { accountDeletedMail } from "../../views/mail/account_deleted.tsx";
import { administeredMail } from "../../views/mail/administered.tsx";
import { alreadyRegisteredMail } from "../../views/mail/already_registered.tsx";
import { apiTokenCreatedMail } from "../../views/mail/api_token_created.tsx";
import { apiTokenEndsMail } from "../../views/mail/api_token_ends.tsx";
import { changeEmailMail } from "../../views/mail/change_email.tsx";
import { emailChangedMail } from "../../views/mail/email_changed.tsx";
import { identityLinkedMail } from "../../views/mail/identity_linked.tsx";
import { identityUnlinkedMail } from "../../views/mail/identity_unlinked.tsx";
import { loginAfterFailuresMail } from "../../views/mail/login_after_failures.tsx";
import { loginLinkMail } from "../../views/mail/login_link.tsx";
import { newBrowserMail } from "../../views/mail/new_browser.tsx";
import { passkeyAddedMail } from "../../views/mail/passkey_added.tsx";
import { passkeyRemovedMail } from "../../views/mail/passkey_removed.tsx";
import { passwordChangedMail } from "../../views/mail/password_changed.tsx";
import { recoveryCodesReplacedMail } from "../../views/mail/recovery_codes_replaced.tsx";
import { rememberReusedMail } from "../../views/mail/remember_reused.tsx";
import { resetPasswordMail } from "../../views/mail/reset_password.tsx";
import { recoverAccountMail } from "../../views/mail/recover_account.tsx";
import { recoveryCodeUsedMail } from "../../views/mail/recovery_code_used.tsx";
import { secondFactorFailedMail } from "../../views/mail/second_factor_failed.tsx";
import { totpDisabledMail } from "../../views/mail/totp_disabled.tsx";
import { secondFactorAddedMail } from "../../views/mail/second_factor_added.tsx";
import { secondFactorRemovedMail } from "../../views/mail/second_factor_removed.tsx";
import { verifyEmailMail } from "../../views/mail/verify_email.tsx";
import type { Text } from "../../views/text/en.ts";

/** A mail, by the file of its view, with the links that were given to it. */
export interface SampleMail extends MailContent {
  readonly view: string;
  readonly links: readonly string[];
}

const administeredActs = [
  "suspended",
  "reactivated",
  "sessions_ended",
  "role_changed",
  "deleted",
  "viewed_as",
] as const;

/** Every mail in one language, with links as long as real ones. */
export function sampleMails(text: Text, name = "Ann"): SampleMail[] {
  const time = new Date("2026-03-09T14:05:00Z");
  const token = `${"u".repeat(22)}.${"i".repeat(22)}.${"s".repeat(43)}`;
  const link = (path: string) => `https://accounts.example.com/${path}/${token}`;
  const undoUrl = link("undo");
  const device = text.sessions.device("Samsung Internet", "Android");
  const login = { name, device, network: "2001:db8:85a3::", time, undoUrl };
  const loginUrl = "https://accounts.example.com/login";
  const resetUrl = "https://accounts.example.com/password-reset";
  const resetLink = link("password-reset");
  const newEmail = "a…@e…";
  const factor = { name, factor: text.totp.title, time, undoUrl };
  const passkey = "iCloud Keychain";
  const identity = { name, provider: "Google", time, undoUrl };

  const withLink = (view: string, write: typeof verifyEmailMail, path: string) => {
    const url = link(path);
    return { view, links: [url], ...write(text, { url }) };
  };
  const notice = (view: string, content: MailContent) => ({ view, links: [undoUrl], ...content });
  return [
    withLink("verify_email", verifyEmailMail, "verify-email"),
    ...[null, "Asked for by phone"].map((reason) => ({
      view: "reset_password",
      links: [resetLink],
      ...resetPasswordMail(text, { url: resetLink, reason }),
    })),
    withLink("change_email", changeEmailMail, "account/email"),
    withLink("login_link", loginLinkMail, "login/link"),
    {
      view: "recover_account",
      links: [link("recover-account")],
      ...recoverAccountMail(text, { url: link("recover-account"), worksFrom: time }),
    },
    {
      view: "already_registered",
      links: [loginUrl, resetUrl],
      ...alreadyRegisteredMail(text, { loginUrl, resetUrl }),
    },
    notice("new_browser", newBrowserMail(text, login)),
    notice("login_after_failures", loginAfterFailuresMail(text, { ...login, failures: 7 })),
    notice("remember_reused", rememberReusedMail(text, login)),
    notice("second_factor_failed", secondFactorFailedMail(text, login)),
    notice("recovery_code_used", recoveryCodeUsedMail(text, { ...login, left: 7 })),
    notice("totp_disabled", totpDisabledMail(text, login)),
    notice("passkey_added", passkeyAddedMail(text, { name, passkey, time, undoUrl })),
    notice("passkey_removed", passkeyRemovedMail(text, { name, passkey, time, undoUrl })),
    notice("identity_linked", identityLinkedMail(text, identity)),
    notice("identity_unlinked", identityUnlinkedMail(text, identity)),
    notice("password_changed", passwordChangedMail(text, { name, time, undoUrl })),
    notice("email_changed", emailChangedMail(text, { name, newEmail, time, undoUrl })),
    notice("second_factor_added", secondFactorAddedMail(text, factor)),
    notice("second_factor_removed", secondFactorRemovedMail(text, factor)),
    notice("recovery_codes_replaced", recoveryCodesReplacedMail(text, { name, time, undoUrl })),
    notice(
      "api_token_created",
      apiTokenCreatedMail(text, { name, token: "Weather station", end: time, time, undoUrl }),
    ),
    {
      view: "api_token_ends",
      links: [],
      ...apiTokenEndsMail(text, { name, token: "Weather station", end: time }),
    },
    ...administeredActs.map((act) => ({
      view: "administered",
      links: [],
      ...administeredMail(text, { name, act, reason: "Many mails that nobody asked for", time }),
    })),
    { view: "account_deleted", links: [], ...accountDeletedMail(text, { name, time }) },
  ];
}
