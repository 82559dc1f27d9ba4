export type Level = "debug" | "info" | "warn" | "error" | "critical";

export interface Meaning {
  readonly level: Level;
  readonly outcome?: "success" | "failure";
  /** Requests without an account can cause it: the log bounds its lines. */
  readonly byGuests?: true;
}

/**
 * Every event that the log can hold. The security events have the names of OWASP's Logging
 * Vocabulary. Their levels are those of their consequences: OWASP calls a mistyped password and a
 * refused form critical, but here `critical` is for what somebody has to look at.
 */
export const vocabulary = {
  authn_login_success: { level: "info", outcome: "success" },
  authn_login_successafterfail: { level: "info", outcome: "success" },
  authn_login_fail: { level: "warn", outcome: "failure", byGuests: true },
  authn_login_fail_max: { level: "warn", outcome: "failure", byGuests: true },
  authn_login_lock: { level: "warn", outcome: "failure", byGuests: true },
  authn_password_change: { level: "info", outcome: "success" },
  authn_password_change_fail: { level: "warn", outcome: "failure" },
  authn_token_created: { level: "info", outcome: "success" },
  authn_token_revoked: { level: "info", outcome: "success" },
  authn_token_reuse: { level: "critical", outcome: "failure" },
  authz_admin: { level: "warn", outcome: "success" },
  authz_change: { level: "warn", outcome: "success" },
  authz_fail: { level: "warn", outcome: "failure" },
  excess_rate_limit_exceeded: { level: "warn", outcome: "failure", byGuests: true },
  input_validation_fail: { level: "warn", outcome: "failure", byGuests: true },
  malicious_csp_violation: { level: "warn", outcome: "failure", byGuests: true },
  malicious_csrf: { level: "warn", outcome: "failure", byGuests: true },
  malicious_extraneous: { level: "warn", outcome: "failure", byGuests: true },
  session_created: { level: "info", outcome: "success" },
  session_renewed: { level: "info", outcome: "success" },
  session_expired: { level: "info" },
  session_logout: { level: "info", outcome: "success" },
  session_use_after_expire: { level: "warn", outcome: "failure" },
  sys_startup: { level: "warn" },
  sys_shutdown: { level: "warn" },
  sys_crash: { level: "critical", outcome: "failure" },
  user_created: { level: "warn", outcome: "success" },
  user_updated: { level: "warn", outcome: "success" },
  user_deleted: { level: "warn", outcome: "success" },

  // Our own events, for which OWASP has no name.
  api_token_refused: { level: "warn", outcome: "failure", byGuests: true },
  login_required: { level: "info", outcome: "failure", byGuests: true },
  reauthentication_required: { level: "info", outcome: "failure" },
  password_key_unknown: { level: "critical", outcome: "failure" },
  record_corrupt: { level: "critical", outcome: "failure", byGuests: true },
  session_protected: { level: "warn", outcome: "failure" },
  remember_recovered: { level: "info", outcome: "success" },
  provider_failed: { level: "warn", outcome: "failure", byGuests: true },
  provider_logout_refused: { level: "warn", outcome: "failure", byGuests: true },
  mail_sent: { level: "info", outcome: "success" },
  mail_delayed: { level: "warn", outcome: "failure", byGuests: true },
  mail_refused: { level: "warn", outcome: "failure", byGuests: true },
  mail_expired: { level: "info", outcome: "failure", byGuests: true },
  mail_given_up: { level: "critical", outcome: "failure", byGuests: true },
  outbox_failed: { level: "error", outcome: "failure", byGuests: true },
  request: { level: "info" },
  request_failed: { level: "error", outcome: "failure", byGuests: true },
  not_ready: { level: "error", outcome: "failure", byGuests: true },
  ready_again: { level: "warn", outcome: "success", byGuests: true },
  unavailable: { level: "warn", outcome: "failure", byGuests: true },
  log_lines_dropped: { level: "warn", outcome: "failure" },
  listener_failed: { level: "error", outcome: "failure", byGuests: true },
  database_gone: { level: "critical", outcome: "failure" },
  preview_defaults: { level: "warn" },
  mail_off: { level: "warn" },
  login_by_mail_on: { level: "warn" },
  cannot_start: { level: "error", outcome: "failure" },
} as const satisfies Record<string, Meaning>;

export type LogEvent = keyof typeof vocabulary;
