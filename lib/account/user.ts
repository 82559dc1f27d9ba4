/** A person with an account. */
export interface User {
  /** 128 random bits, base64url: it stands in cookies and says nothing about the person. */
  readonly id: string;
  /** In canonical form (see `email.ts`). */
  readonly email: string;
  readonly name: string;
  /** False: suspended. */
  readonly active: boolean;
  /** Raised to end every session of the user at once. */
  readonly epoch: number;
  /** Others know the password: nothing can be done before it is changed. */
  readonly passwordCompromised: boolean;
  readonly createdAt: Date;
}

/** In characters, as people count them. */
export const longestName = 80;

/** Makes a user who was never here. */
export function newUser(email: string, name: string, createdAt: Date): User {
  return {
    id: newUserId(),
    email,
    name,
    active: true,
    epoch: 0,
    passwordCompromised: false,
    createdAt,
  };
}

function newUserId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Reads the stored user of an id; null when the record is broken, of an unknown version, or another's. */
export function readUser(value: unknown, id: string): User | null {
  if (typeof value !== "object" || value === null) return null;
  const { v, ...rest } = value as User & { v: unknown };
  const user = { ...rest, passwordCompromised: rest.passwordCompromised ?? false };
  const sound = v === 1 && user.id === id &&
    [user.email, user.name].every((it) => typeof it === "string") &&
    [user.active, user.passwordCompromised].every((it) => typeof it === "boolean") &&
    Number.isInteger(user.epoch) &&
    user.createdAt instanceof Date && !Number.isNaN(user.createdAt.getTime());
  return sound ? user : null;
}
