import type { D1Like, D1StatementLike } from "../../lib/login/d1_store.ts";
import { loadDriver } from "./drivers.ts";

type Statement = readonly [sql: string, ...parameters: unknown[]];

/** Cloudflare's D1 in its runtime. */
export interface LocalD1 extends AsyncDisposable {
  readonly database: D1Like;
}

/** Does in the runtime what the store asks, in one request. */
const script = `
export default {
  async fetch(request, { DB }) {
    const { call, statements } = await request.json();
    const prepared = statements.map(([sql, ...parameters]) => DB.prepare(sql).bind(...parameters));
    try {
      const answer = call === "batch" ? await DB.batch(prepared) : await prepared[0].all();
      return Response.json({ answer });
    } catch (error) {
      return Response.json({ error: error.message });
    }
  },
};`;

/**
 * Starts D1. Miniflare's own view of it from outside the runtime asks for each prepared statement
 * and each binding, and may lose one of them before it is used.
 */
export async function startD1(): Promise<LocalD1> {
  const { Miniflare } = await loadDriver("miniflare");
  const miniflare = new Miniflare({
    modules: true,
    script,
    compatibilityDate: "2026-04-01",
    d1Databases: ["DB"],
  });

  async function ask<T>(call: "all" | "batch", statements: readonly Statement[]): Promise<T> {
    const body = JSON.stringify({ call, statements });
    const answer = await miniflare.dispatchFetch("http://d1.test", { method: "POST", body });
    const told = await answer.json() as { answer: T } | { error: string };
    if ("error" in told) throw new Error(told.error);
    return told.answer;
  }

  const sent = new WeakMap<D1StatementLike, Statement>();

  function prepare(sql: string, parameters: readonly unknown[] = []): D1StatementLike {
    const statement: Statement = [sql, ...parameters];
    const prepared: D1StatementLike = {
      bind: (...parameters) => prepare(sql, parameters),
      all: () => ask("all", [statement]),
    };
    sent.set(prepared, statement);
    return prepared;
  }

  const batch = (statements: D1StatementLike[]) =>
    ask("batch", statements.map((it) => sent.get(it) as Statement));
  return {
    database: { prepare: (sql) => prepare(sql), batch },
    [Symbol.asyncDispose]: () => miniflare.dispose(),
  };
}
