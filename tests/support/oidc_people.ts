/** Somebody with an account at the provider of the tests, and of development. */
export interface ProviderPerson {
  readonly subject: string;
  readonly name: string;
  /** What the provider says of them; a test may have it say nonsense. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** How they log in there (RFC 8176). */
  readonly amr: readonly string[];
}

/** Ann has an address that the provider verified. */
export const providerAnn: ProviderPerson = {
  subject: "ann",
  name: "Ann",
  claims: { name: "Ann", email: "ann@example.com", email_verified: true },
  amr: ["pwd"],
};

/** Bob has one that nobody verified. */
export const providerBob: ProviderPerson = {
  subject: "bob",
  name: "Bob",
  claims: { name: "Bob", email: "bob@example.com", email_verified: false },
  amr: ["pwd"],
};

/** Carla has none. */
export const providerCarla: ProviderPerson = {
  subject: "carla",
  name: "Carla",
  claims: { name: "Carla" },
  amr: ["pwd"],
};

/** Dora has a second factor there. */
export const providerDora: ProviderPerson = {
  subject: "dora",
  name: "Dora",
  claims: { name: "Dora", email: "dora@example.com", email_verified: true },
  amr: ["pwd", "otp", "mfa"],
};

/** Whoever types an address that was not there before; it counts as verified. */
export function providerNewcomer(email: string): ProviderPerson {
  const name = email.split("@")[0] ?? email;
  return { subject: email, name, claims: { name, email, email_verified: true }, amr: ["pwd"] };
}
