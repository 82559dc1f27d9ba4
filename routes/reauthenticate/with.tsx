import type { LoggedIn } from "@latchkey/login";
import { type Context, Hono } from "hono";
import type { User } from "../../lib/account/user.ts";
import type { Provider } from "../../lib/oidc/provider.ts";
import { refuse } from "../middleware/errors.tsx";
import { form, text } from "../middleware/form.ts";
import type { Services } from "../services.ts";

const path = "/reauthenticate/with/:provider";

type Used = Pick<Services, "guards" | "signIn" | "identityProof">;

/** Makes a login fresh by another login at a provider. The answer comes to its callback. */
export function reauthenticateWithRoutes({ guards, signIn, identityProof }: Used) {
  const routes = new Hono();
  const { required } = guards.reauthenticating;

  routes.get(path, required, async (c) => {
    const provider = await theirProvider(c);
    if (!provider) return await refuse(c, "not_found");
    return await signIn.page(c, provider, { purpose: "reauthenticate", next: c.req.query("next") });
  });

  routes.post(
    path,
    required,
    form({ next: text.optional() }, (c) => refuse(c, "incomplete")),
    async (c) => {
      const provider = await theirProvider(c);
      if (!provider) return await refuse(c, "not_found");
      const { next } = c.req.valid("form");
      return await signIn.begin(c, provider, { purpose: "reauthenticate", next });
    },
  );

  /** Null when it proves nothing for this user. */
  async function theirProvider(
    c: Context<{ Variables: LoggedIn<User> }>,
  ): Promise<Provider | null> {
    const providers = await identityProof.providersOf(c.var.user);
    return providers.find(({ name }) => name === c.req.param("provider")) ?? null;
  }

  return routes;
}
