import type { Config } from "../config.ts";
import type { Log } from "../log/log.ts";

/** Says at the start what somebody who runs the site should know of its mail. */
export function logMailSettings({ mail, loginByMail }: Config, log: Log): void {
  if (mail === null) {
    const problem = "MAIL_FROM is not set: addresses are not verified, nobody can reset a " +
      "password or move to another address, and nobody is told of a login from a new browser. " +
      "Set MAIL_FROM, and SMTP_URL or MAIL_API_URL.";
    log("mail_off", { problem });
  }
  if (loginByMail) {
    const problem = "LOGIN_BY_MAIL is on: a link that is mailed is no authenticator by " +
      "NIST SP 800-63B and OWASP ASVS. Set it to off if the site has to comply.";
    log("login_by_mail_on", { problem });
  }
}
