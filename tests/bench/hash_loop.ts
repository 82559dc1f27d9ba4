/** Hashes in one thread for some milliseconds; prints how many a second: `hash_loop.ts MS`. */
import { Passwords } from "../../lib/credential/password.ts";
import { makeHash } from "../../lib/credential/hash_algorithms.ts";
import { shareWasmMemory } from "../../lib/credential/wasm_memory.ts";
import { SECOND } from "../../lib/time.ts";
import { print } from "../../lib/cli/command.ts";
import { defaultArgon2 } from "./our_server.ts";
import { password } from "./users.ts";

shareWasmMemory(); // as the app's own hashing threads do
const secretKey = crypto.getRandomValues(new Uint8Array(32));
const passwords = new Passwords(makeHash, defaultArgon2(), [secretKey]);
const warmUps = 3;

for (let i = 0; i < warmUps; i++) await passwords.hash(password);
const start = performance.now();
const end = start + Number(Deno.args[0]);
let hashes = 0;
for (; performance.now() < end; hashes++) await passwords.hash(password);
print(String(hashes / ((performance.now() - start) / SECOND)));
