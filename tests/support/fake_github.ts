import type { Provider } from "../../lib/oidc/provider.ts";
import { createProviders } from "../../lib/oidc/providers.ts";

/** GitHub as far as a sign-in sees it. It is right in everything that a test does not spoil. */
export class FakeGithub {
  user: unknown = { id: 583_231, login: "ann", name: "Ann", email: "public@example.com" };
  emails: unknown = [
    { email: "old@example.com", primary: false, verified: true },
    { email: "ann@example.com", primary: true, verified: true },
  ];
  /** Answers in place of the right ones, by address. */
  readonly answers = new Map<string, () => Response>();
  readonly asked: Request[] = [];
  now: Date = new Date("2026-11-22T12:00:00Z");

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const url = request.url.split("?")[0] ?? "";
    this.asked.push(request.clone());
    await request.body?.cancel();
    return this.answers.get(url)?.() ?? this.#answer(url);
  };

  client(): Provider {
    const config = {
      name: "github",
      label: "GitHub",
      mark: "github",
      kind: "github",
      issuer: "https://github.com",
      clientId: "our-client",
      clientSecret: "our-secret",
      otherOrigins: [],
      tellsAuthTime: false,
      trust: { amr: [], acr: [], authTime: false },
    } as const;
    const { fetch } = this;
    const origin = "https://app.example";
    const providers = createProviders([config], { fetch, now: () => this.now, origin });
    return providers.find("github") as Provider;
  }

  #answer(url: string): Response {
    switch (url) {
      case "https://github.com/login/oauth/authorize":
        return new Response(null, { status: 302, headers: { location: "/login" } });
      case "https://github.com/login/oauth/access_token":
        return Response.json({
          access_token: "gho_token",
          token_type: "bearer",
          scope: "read:user,user:email",
        });
      case "https://api.github.com/user":
        return Response.json(this.user);
      case "https://api.github.com/user/emails":
        return Response.json(this.emails);
    }
    throw new TypeError(`nothing at ${url}`);
  }
}
