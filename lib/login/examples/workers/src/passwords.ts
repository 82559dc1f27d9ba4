import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

/** What OWASP recommends for 16 MiB of memory. */
const cost = { N: 2 ** 14, r: 8, p: 5 };

function derive(password: string, salt: string): Promise<Buffer> {
  const text = password.normalize("NFKC"); // one password, however a keyboard composes its letters
  return new Promise((resolve, reject) =>
    scrypt(text, salt, 32, cost, (error, key) => error ? reject(error) : resolve(key))
  );
}

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16).toString("base64url");
  return `${salt}.${(await derive(password, salt)).toString("base64url")}`;
}

/** Takes as long without a stored hash, so that nobody learns who has an account. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const [salt = "", expected = ""] = (stored ?? ".").split(".");
  const actual = (await derive(password, salt)).toString("base64url");
  return actual.length === expected.length &&
    timingSafeEqual(Buffer.from(actual), Buffer.from(expected));
}
