import login from "../../lib/login/deno.json" with { type: "json" };

/**
 * `deno doc --lint` for the package, less one complaint that has no cure: a public type may not
 * mention a type of another npm package, and every guard mentions two of Hono's.
 */
const entries = Object.values(login.exports).map((path) => `lib/login/${path.slice(2)}`);
const lint = new Deno.Command(Deno.execPath(), {
  args: ["doc", "--lint", ...entries],
  env: { NO_COLOR: "1" },
});
const { stderr } = await lint.output();
const complaints = new TextDecoder().decode(stderr)
  .split(/^(?=error\[)/m)
  .filter((complaint) => complaint.startsWith("error["))
  .filter((complaint) => !/private type '(Context|MiddlewareHandler)'/.test(complaint));

await Deno.stderr.write(new TextEncoder().encode(complaints.join("")));
Deno.exit(complaints.length > 0 ? 1 : 0);
