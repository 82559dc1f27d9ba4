import { Ajv2020 } from "ajv/dist/2020.js";
import { deepEqual, equal, ok } from "node:assert/strict";
import { scopes } from "../../../lib/credential/api_token_record.ts";
import { askApi, createToken } from "../../support/api_tokens.ts";
import { ann } from "../../support/people.ts";
import { routesOf } from "../../support/routes.ts";
import { test, type TestWorld } from "../../support/world.ts";

// A client that knows nothing but the document: it calls each operation, and checks each answer
// against the schema that the document gives for its status.

interface Operation {
  readonly operationId: string;
  readonly security: readonly Record<string, string[]>[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: { readonly enum?: string[] };
  }[];
  readonly responses: Readonly<
    Record<string, {
      readonly headers?: Readonly<Record<string, unknown>>;
      readonly content?: Readonly<Record<string, { readonly schema: unknown }>>;
    }>
  >;
}

interface Api {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

async function readApi(world: TestWorld): Promise<Api> {
  const answer = await world.browser().get("/api/openapi.json");
  equal(answer.status, 200);
  return await answer.json();
}

function operationsOf({ paths }: Api) {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation }))
  );
}

/** Fails unless the document describes this answer. */
async function verify(api: Api, operation: Operation, answer: Response): Promise<unknown> {
  const { operationId, responses } = operation;
  const described = responses[answer.status];
  ok(described, `${operationId} answers ${answer.status}`);
  for (const name of Object.keys(described.headers ?? {})) ok(answer.headers.has(name), name);
  const text = await answer.text();
  if (!described.content) {
    equal(text, "", operationId);
    return null;
  }
  const type = answer.headers.get("content-type")?.split(";")[0] ?? "";
  const content = described.content[type];
  ok(content, `${operationId} answers ${type}`);
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(closed(api) as object, "api");
  const isValid = ajv.compile(referring(closed(content.schema)) as object);
  ok(isValid(JSON.parse(text)), `${operationId}: ${ajv.errorsText(isValid.errors)}\n${text}`);
  return JSON.parse(text);
}

/** The schemas without properties that they do not name: the document leaves nothing out. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, it]) => [key, closed(it)]));
  return "properties" in copy && copy["type"] === "object"
    ? { ...copy, additionalProperties: false }
    : copy;
}

/** References to the whole document, from outside of it. */
function referring(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/'));
}

test("the document is OpenAPI 3.1, public, and names every route of the API", async (world) => {
  const api = await readApi(world);

  ok(api.openapi.startsWith("3.1."));
  const described = operationsOf(api).map(({ path, method }) =>
    `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, "x")}`
  );
  const routed = routesOf(world.app).filter(({ path }) => path.startsWith("/api/"))
    .map(({ method, path }) => `${method} ${path}`);
  deepEqual([...described, "GET /api/openapi.json"].sort(), routed.sort());
  const named = operationsOf(api).flatMap(({ operation }) =>
    operation.security.flatMap((it) => it["token"] ?? [])
  );
  deepEqual(named.sort(), [...scopes].sort());
  const ids = operationsOf(api).map(({ operation }) => operation.operationId);
  equal(new Set(ids).size, ids.length);
});

test("every operation answers as the document says, by token and by session", async (world) => {
  const api = await readApi(world);
  const browser = await world.ann();
  await world.browser().post("/login", { email: ann.email, password: ann.password });
  const token = await createToken(browser, { scopes });
  const sessions = await (await browser.get("/api/sessions")).json();
  const other = sessions.sessions.find((it: { isCurrent: boolean }) => !it.isCurrent);

  const called: string[] = [];
  for (const { path, method, operation } of operationsOf(api)) {
    const target = path.replace("{id}", other.id);
    const answer = await askApi(world, target, token, { method: method.toUpperCase() });
    equal(Math.floor(answer.status / 100), 2, operation.operationId);
    await verify(api, operation, answer);
    called.push(operation.operationId);
    if (method !== "get") continue;
    const inBrowser = await browser.get(target);
    equal(inBrowser.status, 200);
    // Its answers have no limit to tell.
    const { headers: _, ...described } = operation.responses[200] ?? {};
    await verify(api, { ...operation, responses: { 200: described } }, inBrowser);
  }
  deepEqual(called.sort(), ["endSession", "listEvents", "listSessions", "readMe"]);
});

test("every operation is refused as the document says", async (world) => {
  const api = await readApi(world);
  const browser = await world.ann();
  for (const { path, method, operation } of operationsOf(api)) {
    const target = path.replace("{id}", "AAAAAAAAAAAAAAAAAAAAAA");
    const own = operation.security.flatMap((it) => it["token"] ?? []);
    const token = await createToken(browser, { scopes: scopes.filter((it) => own.includes(it)) });
    const others = await createToken(browser, { scopes: scopes.filter((it) => !own.includes(it)) });
    const ask = (text: string, query = "") =>
      askApi(world, target + query, text, { method: method.toUpperCase() });

    for (const [answer, status] of [[await ask("x"), 401], [await ask(others), 403]] as const) {
      equal(answer.status, status);
      await verify(api, operation, answer);
    }
    if (operation.responses[404]) {
      const answer = await ask(token);
      equal(answer.status, 404);
      await verify(api, operation, answer);
    }
    for (const { name, in: where } of operation.parameters ?? []) {
      if (where !== "query") continue;
      const answer = await ask(token, `?${name}=nonsense`);
      equal(answer.status, 400, name);
      await verify(api, operation, answer);
    }
    for (let i = 0; i < 60; i++) await ask(others);
    const answer = await ask(others);
    equal(answer.status, 429);
    await verify(api, operation, answer);
  }
});

test("every value that a parameter may have is understood", async (world) => {
  const api = await readApi(world);
  const browser = await world.ann();
  for (const { path, method, operation } of operationsOf(api)) {
    for (const { name, schema } of operation.parameters ?? []) {
      for (const value of schema.enum ?? []) {
        equal(method, "get");
        equal((await browser.get(`${path}?${name}=${value}`)).status, 200, value);
      }
    }
  }
});
