/**
 * Flask-Login's behaviour, row by row, against the tests that pin it: `deno task conformance` runs them
 * and prints the table. It fails when a row that we match (M) or improve (I) has no passing test, or a
 * failing one. A test pins the rows whose ids its name begins with.
 */

type Mark = "M" | "I" | "O";

const rows: readonly [id: string, mark: Mark, subject: string][] = [
  ["S01", "M", "made first, attached later"],
  ["S02", "M", "one manager for many apps"],
  ["S03", "I", "no loader: refused at the start"],
  ["S04", "I", "no secret key: refused at the start"],
  ["S05", "I", "secret keys have one encoding"],
  ["S06", "M", "the current user in every view"],
  ["S07", "O", "switching the view context off"],
  ["S08", "O", "reading the loaders back"],
  ["S09", "O", "loaders as decorators"],
  ["L01", "M", "loaded when asked for"],
  ["L02", "M", "loaded once a request"],
  ["L03", "M", "nobody is a value, never an error"],
  ["L04", "M", "session, remember cookie, request, nobody"],
  ["L05", "M", "session beats request"],
  ["L06", "I", "the request is asked after strong protection"],
  ["L07", "I", "junk cookies block no later step"],
  ["L08", "I", "an id without a user is dropped"],
  ["L09", "M", "a loader that throws fails the request"],
  ["L10", "I", "ids are always text"],
  ["L11", "I", "no login that cannot be loaded again"],
  ["L12", "M", "a user named by the request: this request only"],
  ["L13", "M", "and never fresh"],
  ["L14", "M", "suspended after login: refused, sessions ended"],
  ["L15", "M", "users are equal by id"],
  ["L16", "M", "no second load after login"],
  ["I01", "M", "login takes effect at once"],
  ["I02", "M", "an inactive user is refused, with a reason"],
  ["I03", "M", "forced login of an inactive user; guards refuse"],
  ["I04", "M", "a login that is not fresh"],
  ["I05", "M", "remember"],
  ["I06", "M", "a duration of its own"],
  ["I07", "I", "the duration is kept with the series"],
  ["I08", "O", "another id attribute"],
  ["I09", "I", "login over a login ends the old one"],
  ["I10", "I", "another user's remember cookie is forgotten"],
  ["I11", "I", "new session id; data moves along"],
  ["I12", "I", "a user without an id is refused"],
  ["O01", "M", "logout takes effect at once"],
  ["O02", "M", "logout deletes the remember cookie"],
  ["O03", "M", "what logout keeps"],
  ["O04", "M", "the event, for nobody too"],
  ["O05", "M", "records, then event, then user"],
  ["O06", "M", "logout of nobody"],
  ["O07", "I", "logout ends it on the server"],
  ["O08", "M", "stays out"],
  ["O09", "M", "login and logout in one request"],
  ["O10", "M", "logout and login in one request"],
  ["O11", "I", "POST logs out, GET asks"],
  ["R01", "I", "random token, digest stored"],
  ["R02", "O", "upstream's test vector"],
  ["R03", "O", "encoding and decoding with another key"],
  ["R04", "M", "bad values are ignored, and deleted"],
  ["R05", "I", "non-ASCII is no error"],
  ["R06", "I", "expiry on the server"],
  ["R07", "I", "never the same value twice"],
  ["R08", "I", "safe attributes"],
  ["R09", "I", "deleted with the attributes it was set with"],
  ["R10", "M", "restored not fresh, with a fingerprint"],
  ["R11", "I", "restoring an unknown user starts nothing"],
  ["R12", "M", "restored when asked for"],
  ["R13", "M", "the cookie's name"],
  ["R14", "I", "durations are checked at the start"],
  ["R15", "M", "path and domain"],
  ["R16", "I", "Secure, HttpOnly, SameSite"],
  ["R17", "M", "refresh on use, as an option"],
  ["R19", "I", "refresh of verified tokens only"],
  ["R20", "M", "no rewriting otherwise"],
  ["R21", "M", "no login, no cookie"],
  ["R22", "I", "remembered means this login"],
  ["R23", "I", "rotation of keys"],
  ["F01", "M", "fresh after login"],
  ["F02", "M", "not fresh after restoring"],
  ["F03", "M", "stale after a change, for good"],
  ["F04", "I", "nobody is never fresh"],
  ["F05", "M", "confirming makes fresh"],
  ["F06", "I", "confirming nobody is refused"],
  ["F07", "M", "a login is no confirmation"],
  ["F08", "I", "freshness ages"],
  ["F09", "M", "fresh after a new login"],
  ["P01", "M", "one setting of protection"],
  ["P02", "I", "unknown words are refused"],
  ["P03", "I", "the fingerprint can be chosen"],
  ["P04", "M", "forwarded addresses are not read"],
  ["P05", "M", "checked when asked for"],
  ["P06", "M", "not on a first visit"],
  ["P07", "M", "a match changes nothing"],
  ["P08", "M", "basic: stale, one event"],
  ["P09", "M", "strong: out, remember too"],
  ["P10", "I", "strong for remembered browsers as well"],
  ["P11", "I", "absent means stored"],
  ["P12", "I", "roaming is no change"],
  ["P13", "I", "strong and remember together"],
  ["P14", "I", "guests are left in peace"],
  ["P15", "M", "next survives protection"],
  ["P16", "M", "basic does not log out"],
  ["P17", "M", "off"],
  ["G01", "M", "login required"],
  ["G02", "M", "fresh login required"],
  ["G03", "M", "OPTIONS"],
  ["G04", "M", "stacked guards"],
  ["G05", "M", "async handlers"],
  ["G06", "M", "the handler is untouched"],
  ["G07", "I", "a handler runs once"],
  ["G08", "I", "guards stand on the route"],
  ["G10", "I", "closed by default is possible"],
  ["G11", "I", "a guard for guests"],
  ["U01", "M", "the event comes first"],
  ["U02", "M", "a handler of your own"],
  ["U03", "M", "no page: 401"],
  ["U04", "M", "relative 302, 303 for unsafe methods"],
  ["U05", "M", "messages"],
  ["U06", "M", "translated"],
  ["U07", "I", "not piled up"],
  ["U08", "I", "pages are checked at the start"],
  ["U09", "M", "paths and URLs as they are"],
  ["U10", "M", "a path is literal under a mount"],
  ["U11", "M", "a login page for an area"],
  ["U12", "M", "an area without one: 401"],
  ["U13", "I", "an area changes nothing elsewhere"],
  ["U14", "M", "the reauthentication page"],
  ["U15", "I", "no next for unsafe methods"],
  ["U16", "I", "JSON clients get 401"],
  ["N01", "M", "what next holds"],
  ["N02", "M", "when it is reduced"],
  ["N03", "M", "the login page's own query"],
  ["N04", "M", "the field's name"],
  ["N05", "M", "no next"],
  ["N06", "M", "next kept in a cookie, popped at login"],
  ["N07", "O", "another host for redirects"],
  ["N08", "I", "paths that begin with //"],
  ["N09", "I", "the check is built in"],
  ["N10", "I", "an evil next is ignored"],
  ["N11", "M", "the default page"],
  ["N12", "M", "next on POST, in a hidden field"],
  ["N13", "I", "what the linked snippet let through"],
  ["N14", "M", "the rule, not the example"],
  ["M01", "M", "active by default"],
  ["M02", "M", "the id as text"],
  ["M03", "M", "equality"],
  ["M04", "M", "nobody"],
  ["M05", "O", "a custom anonymous user"],
  ["M06", "I", "a typed union instead"],
  ["E01", "M", "user_logged_in"],
  ["E02", "M", "user_logged_out"],
  ["E03", "M", "user_loaded_from_cookie"],
  ["E04", "M", "user_loaded_from_request"],
  ["E05", "M", "user_login_confirmed"],
  ["E06", "M", "user_unauthorized"],
  ["E07", "M", "user_needs_refresh"],
  ["E08", "M", "user_accessed"],
  ["E09", "M", "session_protected"],
  ["E10", "I", "failed logins, ended sessions"],
  ["E11", "I", "a throwing listener"],
  ["H01", "I", "the session cookie"],
  ["H02", "I", "opaque cookies"],
  ["H03", "I", "idle and absolute limits"],
  ["H04", "I", "late answers"],
  ["H05", "M", "written when changed"],
  ["H06", "M", "deleted with its attributes"],
  ["H07", "I", "Vary when looked at"],
  ["H08", "I", "no-store"],
  ["H09", "M", "flash messages"],
  ["H10", "M", "survive redirects and login"],
  ["H11", "M", "the test client"],
  ["H12", "I", "under protection"],
  ["H13", "M", "nothing outlives a request"],
  ["W05", "M", "a stored value that is no hash"],
  ["W06", "I", "broken parameters are false, not an error"],
  ["W07", "I", "limits on passwords"],
  ["W09", "I", "renewing old hashes"],
  ["W10", "M", "constant-time comparison"],
];

interface Result {
  readonly name: string;
  readonly passed: boolean;
}

async function runTests(): Promise<Result[]> {
  const junit = await Deno.makeTempFile({ suffix: ".xml" });
  try {
    const args = [
      "test",
      "-A",
      "--parallel",
      `--junit-path=${junit}`,
      "tests/login",
      "tests/account",
      "tests/routes",
    ];
    await new Deno.Command(Deno.execPath(), { args, stdout: "null", stderr: "null" }).output();
    const xml = await Deno.readTextFile(junit);
    return [...xml.matchAll(/<testcase name="([^"]*)"[^>]*?(?:\/>|>([\s\S]*?)<\/testcase>)/g)]
      .map(([, name = "", body = ""]) => ({
        name,
        passed: !/<(failure|error|skipped)/.test(body),
      }));
  } finally {
    await Deno.remove(junit);
  }
}

function pins(name: string, id: string): boolean {
  return (/^(?:[A-Z]\d+ )+/.exec(name)?.[0] ?? "").split(" ").includes(id);
}

const results = await runTests();
const lines: string[] = ["| row | we | what | tests |", "| --- | --- | --- | --- |"];
let missing = 0;
for (const [id, mark, subject] of rows) {
  const tests = results.filter((result) => pins(result.name, id));
  const holds = mark === "O"
    ? tests.every((test) => test.passed)
    : tests.length > 0 && tests.every((test) => test.passed);
  if (!holds) missing++;
  const state = holds ? tests.length || "left out" : tests.length ? "FAILED" : "NO TEST";
  lines.push(`| ${id} | ${mark} | ${subject} | ${state} |`);
}
const held = rows.filter(([, mark]) => mark !== "O").length - missing;
lines.push("", `${held} rows held, ${missing} not.`);
await Deno.stdout.write(new TextEncoder().encode(lines.join("\n") + "\n"));
Deno.exit(missing > 0 ? 1 : 0);
