import { d1Store } from "@latchkey/login/d1";
import { env } from "cloudflare:workers";
import { makeSite } from "./site.ts";
import { d1Users } from "./users.ts";

// A Worker may neither ask a database nor draw a random value here, before the first request.
export default makeSite({
  users: d1Users(env.DB),
  store: d1Store(env.DB, () => new Date()),
  secretKey: env.SECRET_KEY,
  origin: env.ORIGIN,
});
