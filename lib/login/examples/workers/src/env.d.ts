declare namespace Cloudflare {
  /** The bindings of `wrangler.jsonc`, and the secrets. */
  interface Env {
    readonly DB: D1Database;
    readonly ORIGIN: string;
    readonly SECRET_KEY: string;
  }
}
