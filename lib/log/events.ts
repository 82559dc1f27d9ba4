export type Level = "debug" | "info" | "warn" | "error" | "critical";

export interface Meaning {
  readonly level: Level;
  readonly outcome?: "success" | "failure";
}

/**
 * Every word the log may say, and how much it weighs. Those of security are OWASP's, with the levels
 * of its Logging Vocabulary, so that alerts can be written before the app is known.
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
  malicious_csp_violation: { level: "warn", outcome: "failure" }, // less than its kin: anybody can report one
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

  // Ours: what OWASP has no word for.
  login_required: { level: "info", outcome: "failure" },
  reauthentication_required: { level: "info", outcome: "failure" },
  record_corrupt: { level: "critical", outcome: "failure" },
  session_protected: { level: "warn", outcome: "failure" },
  request: { level: "info" },
  request_failed: { level: "error", outcome: "failure" },
  unavailable: { level: "warn", outcome: "failure" },
  listener_failed: { level: "error", outcome: "failure" },
  cannot_start: { level: "error", outcome: "failure" },
} as const satisfies Record<string, Meaning>;

export type LogEvent = keyof typeof vocabulary;
