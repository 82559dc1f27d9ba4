import { deepEqual, equal } from "node:assert/strict";
import { type HostileProvider, hostileTest } from "../../support/hostile_provider.ts";

const path = "/.well-known/openid-configuration";

const spoiled: [what: string, metadata: (it: HostileProvider) => Record<string, unknown>][] = [
  ["its issuer with a slash", ({ issuer }) => ({ issuer: `${issuer}/` })],
  ["another issuer", () => ({ issuer: "https://other.example" })],
  ["its issuer in capitals", ({ issuer }) => ({ issuer: issuer.replace("http", "HTTP") })],
  ["no issuer", () => ({ issuer: undefined })],
  ["the issuer of Microsoft's tenants", () => ({
    issuer: "https://login.microsoftonline.com/{tenantid}/v2.0",
  })],
  ["no authorization endpoint", () => ({ authorization_endpoint: undefined })],
  ["a script for an endpoint", () => ({ authorization_endpoint: "javascript:alert(1)" })],
  ["an endpoint that is no address", () => ({ token_endpoint: "/token" })],
  ["an endpoint that is no text", () => ({ token_endpoint: ["https://a.example"] })],
  ["a token endpoint without encryption", () => ({ token_endpoint: "http://a.example/token" })],
  ["keys without encryption", () => ({ jwks_uri: "http://a.example/keys" })],
  ["keys in a file", () => ({ jwks_uri: "file:///etc/passwd" })],
  ["an endpoint that would begin a directive of a header", () => ({
    authorization_endpoint: "https://a.example;sandbox/authorize",
  })],
  ["no keys", () => ({ jwks_uri: undefined })],
  ["300 KB", () => ({ filler: "a".repeat(300_000) })],
  ["userinfo without encryption", () => ({ userinfo_endpoint: "http://a.example/userinfo" })],
];

for (const [what, metadata] of spoiled) {
  hostileTest(`nobody is sent to a provider whose metadata have ${what} [SEC-K3]`, async (it) => {
    it.metadata = metadata(it);
    const client = it.client();

    const look = await client.look();
    equal(!look.ok && look.reason, "unreachable");
    equal((await client.authorizationUrl(it.request())).ok, false);
    equal((await it.redeem()).ok, false);
    equal(it.count("/token"), 0);
  });
}

hostileTest("endpoints of an encrypted issuer are encrypted, on this machine too", async (it) => {
  const issuer = "https://id.example";
  const serve = (metadata: Record<string, string>) => () =>
    Promise.resolve(Response.json({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
      ...metadata,
    }));

  deepEqual(await it.client({ issuer }, serve({})).look(), { ok: true, origins: [issuer] });
  const local = await it.client({ issuer }, serve({ token_endpoint: `${it.issuer}/token` })).look();
  equal(local.ok, false);
});

const failing: [what: string, answer: () => Response][] = [
  ["404", () => new Response("", { status: 404 })],
  ["500", () => Response.json({}, { status: 500 })],
  ["no JSON", () => new Response("<html>")],
  ["a list", () => Response.json([])],
  ["null", () => Response.json(null)],
  ["nothing", () => new Response()],
  ["10 MB", () => new Response(new Uint8Array(10_000_000).fill(32))],
  ["deep JSON", () => new Response("[".repeat(200_000))],
];

for (const [what, answer] of failing) {
  hostileTest(`a provider that answers ${what} counts as unreachable [SEC-K10]`, async (it) => {
    it.answers.set(path, answer);

    const look = await it.client().look();
    equal(!look.ok && look.reason, "unreachable");
  });
}

hostileTest("no redirect of a provider is followed [SEC-K10]", async (it) => {
  it.answers.set(path, () => Response.redirect(`${it.issuer}/elsewhere`));

  const look = await it.client().look();
  equal(!look.ok && look.reason, "unreachable");
  equal(it.count("/elsewhere"), 0);
});

hostileTest("a provider that is not there counts as unreachable", async (it) => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();

  const look = await it.client({ issuer: `http://127.0.0.1:${listener.addr.port}` }).look();
  equal(!look.ok && look.reason, "unreachable");
});

hostileTest("a provider that hangs counts as too slow, wherever it hangs [SEC-K10]", async (it) => {
  const token = await it.signLogout();
  const reasonOf = (result: { ok: boolean; reason?: string }) => result.reason;
  const working = [it.client(), it.client()] as const;
  for (const client of working) await client.look();
  for (const slow of ["/token", "/keys"]) it.answers.set(slow, it.hang);
  it.answers.set(path, it.hangInBody);
  const answer = new URLSearchParams({ code: "a-code", state: it.request().state });

  const reasons = await Promise.all([
    it.client().look().then(reasonOf),
    it.client().authorizationUrl(it.request()).then(reasonOf),
    working[0].redeem(answer, it.request()).then(reasonOf),
    working[1].readLogout(token).then(reasonOf),
  ]);
  deepEqual(reasons, Array(4).fill("too_slow"));
});

hostileTest("the pages of a provider are at these origins", async (it) => {
  it.metadata = { authorization_endpoint: "https://login.example/authorize?a=b" };
  const config = { otherOrigins: ["https://accounts.example", "https://login.example"] };

  deepEqual(await it.client(config).look(), {
    ok: true,
    origins: ["https://login.example", "https://accounts.example"],
  });
});

hostileTest("metadata are asked for once in ten seconds, by all together", async (it) => {
  const client = it.client();

  await Promise.all(Array.from({ length: 20 }, () => client.look()));
  await client.authorizationUrl(it.request());
  equal(it.count(path), 1);

  it.pass(9_999);
  await client.look();
  equal(it.count(path), 1);

  it.pass(1);
  await client.look();
  equal(it.count(path), 2);
});

hostileTest("a failure is remembered for five seconds", async (it) => {
  const client = it.client();
  it.answers.set(path, () => new Response("", { status: 500 }));
  await Promise.all(Array.from({ length: 20 }, () => client.look()));
  it.answers.delete(path);

  it.pass(4_999);
  equal((await client.look()).ok, false);
  equal(it.count(path), 1);

  it.pass(1);
  equal((await client.look()).ok, true);
  equal(it.count(path), 2);
});

hostileTest("somebody comes back by metadata that are up to an hour old", async (it) => {
  const client = it.client();
  await client.look();
  it.answers.set(path, () => new Response("", { status: 500 }));
  const comeBack = async () => {
    it.idToken = await it.sign(it.idClaims());
    const answer = new URLSearchParams({ code: "a-code", state: it.request().state });
    return (await client.redeem(answer, it.request())).ok;
  };

  it.pass(59 * 60_000);
  equal((await client.look()).ok, false, "nobody is sent there");
  equal(await comeBack(), true);
  it.pass(60_000);
  equal(await comeBack(), false);
});
