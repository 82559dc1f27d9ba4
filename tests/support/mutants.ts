/** One line that is broken on purpose. */
export interface Mutant {
  /** What is broken. */
  readonly fault: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** The tests that should notice. */
  readonly tests: string;
}

export const mutants: readonly Mutant[] = [
  {
    fault: "a token's digest is not bound to its kind",
    file: "lib/login/token.ts",
    find: "utf8(`${kind}:${formatToken(token)}`)",
    replace: "utf8(`${kind.length > 0}:${formatToken(token)}`)",
    tests: "tests/login/remember_test.ts",
  },
  {
    fault: "the secret of a session is not compared",
    file: "lib/login/sessions.ts",
    find: "const proves = (secretDigest: string) => sameDigest(secretDigest, digest);",
    replace: "const proves = (secretDigest: string) => sameDigest(secretDigest, digest) || true;",
    tests: "tests/login/sessions_test.ts",
  },
  {
    fault: "a remember token does not rotate",
    file: "lib/login/remember.ts",
    find: 'secretDigest: await digestToken("remember", successor.remember),',
    replace: "",
    tests: "tests/login/remember_test.ts",
  },
  {
    fault: "a rotation does not check that it is the first",
    file: "lib/login/remember.ts",
    find: "{ check: [record], set: [this.#write(rotated)] }",
    replace: "{ set: [this.#write(rotated)] }",
    tests: "tests/login/remember_test.ts",
  },
  {
    fault: "a spent token has no end of its grace",
    file: "lib/login/remember.ts",
    find: "!isPrevious || age >= grace",
    replace: "!isPrevious",
    tests: "tests/login/remember_test.ts",
  },
  {
    fault: "theft leaves the sessions of the series alone",
    file: "lib/login/remember.ts",
    find: "(it) => it.seriesId === series.id",
    replace: '(it) => it.seriesId === series.id && it.id === ""',
    tests: "tests/login/remember_test.ts",
  },
  {
    fault: "the epoch of a session is not compared",
    file: "lib/login/sessions.ts",
    find: 'if ((user.epoch ?? 0) !== session.epoch) return "epoch";',
    replace: "",
    tests: "tests/login/sessions_test.ts",
  },
  {
    fault: "the epoch of a series is not compared",
    file: "lib/login/remember.ts",
    find: "(user.epoch ?? 0) !== series.epoch",
    replace: "false",
    tests: "tests/login/remember_test.ts",
  },
  {
    fault: "freshness does not age",
    file: "lib/login/session.ts",
    find: "return age < lifetimes.fresh && age > -skew;",
    replace: "return age > -skew;",
    tests: "tests/login/fresh_test.ts",
  },
  {
    fault: "a remembered session is fresh",
    file: "lib/login/sessions.ts",
    find: "provedAt: beginning.provedAt,",
    replace: "provedAt: now,",
    tests: "tests/login/remember_test.ts",
  },
  {
    fault: "a proof keeps the old token",
    file: "lib/login/sessions.ts",
    find: "set: [this.#write(renewed), this.#replaced(current, renewed), ...also.set ?? []],",
    replace: "set: [this.#write(renewed), ...also.set ?? []],",
    tests: "tests/login/fresh_test.ts",
  },
  {
    fault: "basic protection does not make stale",
    file: "lib/login/lookup.ts",
    find: "provedAt: isOther ? null : session.provedAt,",
    replace: "provedAt: session.provedAt,",
    tests: "tests/login/protection_test.ts",
  },
  {
    fault: "strong protection lets the session live",
    file: "lib/login/lookup.ts",
    find: 'if (isOther && protection === "strong") return await this.#throwOut(session);',
    replace: "",
    tests: "tests/login/protection_test.ts",
  },
  {
    fault: "strong protection takes a remember cookie from anywhere",
    file: "lib/login/remember.ts",
    find: '(isCurrent || isPrevious) && strict === "strict" && otherBrowser',
    replace: "false",
    tests: "tests/login/remember_test.ts",
  },
  {
    fault: "safeNext believes a path that begins with two slashes",
    file: "lib/login/next.ts",
    find: 'if (url.pathname.startsWith("//")) return null;',
    replace: "",
    tests: "tests/login/next_test.ts",
  },
  {
    fault: "safeNext lets backslashes and control characters through",
    file: "lib/login/next.ts",
    find: "return null;\n  if (/^[a-z]",
    replace: "void 0;\n  if (/^[a-z]",
    tests: "tests/login/next_test.ts",
  },
  {
    fault: "expiry is left to the store",
    file: "lib/login/sessions.ts",
    find: 'if (isExpired(session, this.#lifetimes, this.#now())) return "expired";',
    replace: "",
    tests: "tests/login/sessions_test.ts",
  },
  {
    fault: "logout deletes the cookie only",
    file: "lib/login/visit.ts",
    find: "const ended = await sessions.end(visitor.session, also, visitor.version);",
    replace: "const ended = visitor.session;",
    tests: "tests/login/start_test.ts",
  },
  {
    fault: "a slow request brings an ended session back",
    file: "lib/login/sessions.ts",
    find: "return await this.#store.commit({ check, set: [this.#write(session)] });",
    replace:
      "return await this.#store.commit({ set: [this.#write(session), ...check.slice(1) as never] });",
    tests: "tests/login/start_test.ts",
  },
  {
    fault: "a replaced session looks like junk, and its cookie is deleted",
    file: "lib/login/sessions.ts",
    find: "if (successor && proves(successor.secretDigest)) {",
    replace: "if (false) {",
    tests: "tests/login/start_test.ts",
  },
  {
    fault: "an outage clears cookies",
    file: "lib/login/hono.ts",
    find: "const failed = c.res.status >= 500;",
    replace: 'const failed = false; if (c.res.status >= 500) visit.cookies.delete("session");',
    tests: "tests/outage_test.ts",
  },
  {
    fault: "a browser that comes back keeps its former session too",
    file: "lib/login/sessions.ts",
    find: "...living.filter((it) => isSameSeries(it.session, session)),",
    replace: "",
    tests: "tests/login/remember_test.ts",
  },
  {
    fault: "a logout ends the id that it came with, not what replaced it",
    file: "lib/login/sessions.ts",
    find: "({ userId, id } = successor.replacedBy);",
    replace: "return null;",
    tests: "tests/login/start_test.ts",
  },
  {
    fault: "a guard runs before the body has come",
    file: "routes/browser_safety.ts",
    find: "app.use(wholeBodyFirst);",
    replace: "void wholeBodyFirst;",
    tests: "tests/routes/deletion_test.ts",
  },
  {
    fault: "a late deletion frees somebody else's address",
    file: "lib/account/accounts.ts",
    find: "if (!current) return;",
    replace:
      'if (!current) return void await this.#kv.atomic().delete(["user_by_email", user.email]).commit();',
    tests: "tests/routes/deletion_test.ts",
  },
  {
    fault: "a new password leaves other sessions alone",
    file: "lib/account/accounts.ts",
    find: "epoch: user.epoch + 1",
    replace: "epoch: user.epoch",
    tests: "tests/routes/password_test.ts",
  },
  {
    fault: "the blocklist is not asked",
    file: "lib/account/password_policy.ts",
    find: 'if (await this.#blocklist.has(password)) return "password_common";',
    replace: "",
    tests: "tests/account/password_policy_test.ts",
  },
  {
    fault: "session data is written without a check",
    file: "lib/login/data.ts",
    find:
      "if (await this.#store.commit({ check, set: [await this.#write(owner, data)] })) return data;",
    replace:
      "if (await this.#store.commit({ check: check.slice(1), set: [await this.#write(owner, data)] })) return data;",
    tests: "tests/login/data_test.ts",
  },
  {
    fault: "flash messages are not signed",
    file: "lib/login/keyring.ts",
    find: "return genuine ? text : null;",
    replace: "return genuine || text ? text : null;",
    tests: "tests/login/flash_test.ts",
  },
  {
    fault: "an unknown address is answered without a hash",
    file: "lib/account/password.ts",
    find: 'await this.make(password || "-");',
    replace: "",
    tests: "tests/budget_test.ts",
  },
  {
    fault: "the parameters of a stored hash are believed",
    file: "lib/account/stored_hash.ts",
    find: "return bounded ? { recipe, digest: base64(digest) } : null;",
    replace: "return bounded || recipe.memoryKiB > 8 ? { recipe, digest: base64(digest) } : null;",
    tests: "tests/account/password_test.ts",
  },
  {
    fault: "a renewed hash overwrites a changed password",
    file: "lib/account/accounts.ts",
    find: "await this.#kv.atomic().check(entry).set(entry.key, renewed).commit();",
    replace: "await this.#kv.atomic().set(entry.key, renewed).commit();",
    tests: "tests/account/password_test.ts",
  },
  {
    fault: "an address is taken without a check",
    file: "lib/account/accounts.ts",
    find: '.check({ key: ["user_by_email", user.email], versionstamp: null })',
    replace: "",
    tests: "tests/routes/register_test.ts",
  },
  {
    fault: "requests from other sites are let in",
    file: "routes/browser_safety.ts",
    find: "return allowed ? await next()",
    replace: "return allowed || site ? await next()",
    tests: "tests/routes/browser_safety_test.ts",
  },
  {
    fault: "a hanging database is waited for",
    file: "lib/kv.ts",
    find: "return await Promise.race([call(late.signal), noAnswer.promise]);",
    replace: "void noAnswer.promise.catch(() => {}); return await call(late.signal);",
    tests: "tests/kv_test.ts",
  },
  {
    fault: "a redemption does not check the sessions that it takes the place of",
    file: "lib/login/sessions.ts",
    find: "check: replaced.map((it) => it.record),",
    replace: "check: [],",
    tests: "tests/login/start_test.ts",
  },
  {
    fault: "a session that was renewed since it was listed is not found",
    file: "lib/login/hono.ts",
    find: "const ended = await this.#rules.sessions.end({ userId: user.id, id });",
    replace:
      "const [ended = null] = await this.#rules.sessions.endWhere(user.id, (it) => it.id === id);",
    tests: "tests/login/sessions_list_test.ts",
  },
];
