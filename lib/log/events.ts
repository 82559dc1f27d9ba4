export type Level = "debug" | "info" | "warn" | "error" | "critical";

export interface Meaning {
  readonly level: Level;
  readonly outcome?: "success" | "failure";
}

/**
 * Every event that the log can hold. The security events have the names and levels of OWASP's
 * Logging Vocabulary, so that alerts written for other apps work here too.
 */
export const vocabulary = {
  authn_login_success: { level: "info", outcome: "success" },
  authn_login_successafterfail: { level: "info", outcome: "success" },
  authn_login_fail: { level: "warn", outcome: "failure" },
  authn_login_fail_max: { level: "warn", outcome: "failure" },
  authn_login_lock: { level: "warn", outcome: "failure" },
  authn_password_change: { level: "info", outcome: "success" },
  authn_password_change_fail: { level: "critical", outcome: "failure" },
  authn_token_reuse: { level: "critical", outcome: "failure" },
  authz_fail: { level: "critical", outcome: "failure" },
  excess_rate_limit_exceeded: { level: "warn", outcome: "failure" },
  input_validation_fail: { level: "warn", outcome: "failure" },
  // OWASP's malicious events are critical; this is not, because anyone can send a report.
  malicious_csp_violation: { level: "warn", outcome: "failure" },
  malicious_csrf: { level: "critical", outcome: "failure" },
  malicious_extraneous: { level: "critical", outcome: "failure" },
  session_created: { level: "info", outcome: "success" },
  session_renewed: { level: "info", outcome: "success" },
  session_expired: { level: "info" },
  session_logout: { level: "info", outcome: "success" },
  session_use_after_expire: { level: "critical", outcome: "failure" },
  sys_startup: { level: "warn" },
  sys_shutdown: { level: "warn" },
  sys_crash: { level: "warn", outcome: "failure" },
  user_created: { level: "warn", outcome: "success" },
  user_updated: { level: "warn", outcome: "success" },
  user_deleted: { level: "warn", outcome: "success" },

  // Our own events, for which OWASP has no name.
  login_required: { level: "info", outcome: "failure" },
  reauthentication_required: { level: "info", outcome: "failure" },
  password_key_unknown: { level: "critical", outcome: "failure" },
  record_corrupt: { level: "critical", outcome: "failure" },
  session_protected: { level: "warn", outcome: "failure" },
  request: { level: "info" },
  request_failed: { level: "error", outcome: "failure" },
  unavailable: { level: "warn", outcome: "failure" },
  listener_failed: { level: "error", outcome: "failure" },
  database_gone: { level: "critical", outcome: "failure" },
  preview_defaults: { level: "warn" },
  cannot_start: { level: "error", outcome: "failure" },
} as const satisfies Record<string, Meaning>;

export type LogEvent = keyof typeof vocabulary;
