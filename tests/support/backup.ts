import { equal } from "node:assert/strict";
import { ann } from "./people.ts";
import { Server } from "./server.ts";
import { runTask } from "./task.ts";

/** Copies the database of a server that runs, or ran. */
export function backUp(server: Server) {
  return runTask("backup", server.folder, [`${server.folder}/copy`], undefined, {
    SECRET_KEY: keyOf(server),
  });
}

/** Restores the copy of one server as the database of another one. */
export function restore(from: Server, to: Server, flags: string[], secretKey = keyOf(from)) {
  const args = [`${from.folder}/copy`, ...flags];
  return runTask("restore", to.folder, args, undefined, { SECRET_KEY: secretKey });
}

export function keyOf(server: Server): string {
  return server.environment.SECRET_KEY as string;
}

/** A server that was stopped, with Ann, her cookies, and a sound copy of its database. */
export async function stoppedWithCopy() {
  const server = await Server.create();
  await server.start();
  const registered = cookieOf(await server.post("/register", { ...ann }));
  equal((await backUp(server)).code, 0);
  await server.stop();
  return { server, registered, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

export function cookieOf(answer: Response): string {
  return answer.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
}

export async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}
