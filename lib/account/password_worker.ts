/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { argon2, type HashJob } from "./argon2.ts";

self.addEventListener("message", async (event: MessageEvent<HashJob>) => {
  self.postMessage(await argon2(event.data));
});
