import { equal, notEqual, throws } from "node:assert/strict";
import { encodeBase64Url } from "../../lib/login/bytes.ts";
import { Seal } from "../../lib/seal.ts";

const [oldKey, newKey] = [key(1), key(2)];
const text = "Die Grüße: 🔑";

Deno.test("a sealed text opens in its context only", () => {
  const seal = new Seal([oldKey]);
  const sealed = seal.seal(text, "outbox 1");

  equal(seal.open(sealed, "outbox 1"), text);
  equal(seal.open(sealed, "outbox 2"), null);
  equal(seal.open(sealed, ""), null);
});

Deno.test("a sealed text shows nothing of the text but its length", () => {
  const sealed = new Seal([oldKey]).seal("a secret word", "outbox 1");

  equal(new TextDecoder().decode(sealed).includes("secret"), false);
  equal(sealed.length, 8 + 12 + "a secret word".length + 16);
});

Deno.test("a sealed text that was changed anywhere, cut or lengthened does not open [SEC-M2]", () => {
  const seal = new Seal([oldKey]);
  const sealed = seal.seal(text, "outbox 1");
  for (let i = 0; i < sealed.length; i++) {
    const changed = sealed.map((byte, position) => position === i ? byte ^ 1 : byte);
    equal(seal.open(changed, "outbox 1"), null, `byte ${i}`);
    equal(seal.open(sealed.subarray(0, i), "outbox 1"), null, `the first ${i} bytes`);
  }
  equal(seal.open(new Uint8Array([...sealed, 0]), "outbox 1"), null);
});

Deno.test("after a change of keys the old one still opens, until it is gone [SEC-M3]", () => {
  const sealed = new Seal([oldKey]).seal(text, "outbox 1");
  const rotated = new Seal([newKey, oldKey]);

  equal(rotated.open(sealed, "outbox 1"), text);
  equal(new Seal([newKey]).open(sealed, "outbox 1"), null);
  equal(new Seal([newKey]).open(rotated.seal(text, "outbox 1"), "outbox 1"), text);
});

Deno.test("10,000 sealed texts have 10,000 nonces [SEC-M2]", () => {
  const seal = new Seal([oldKey]);
  const nonces = Array.from(
    { length: 10_000 },
    () => encodeBase64Url(seal.seal("", "outbox 1").subarray(8, 20)),
  );

  equal(new Set(nonces).size, 10_000);
});

Deno.test("nothing is sealed without a key", () => {
  throws(() => new Seal([]), /there is no secret key/);
});

Deno.test("the same text is sealed differently each time", () => {
  const seal = new Seal([oldKey]);
  notEqual(
    encodeBase64Url(seal.seal(text, "outbox 1")),
    encodeBase64Url(seal.seal(text, "outbox 1")),
  );
});

function key(byte: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(32).fill(byte);
}
