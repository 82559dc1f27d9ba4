/** Somebody, as they fill in the form at `/register`. */
export interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/** Ann is a member. */
export const ann: Person = {
  name: "Ann",
  email: "ann@example.com",
  password: "seven quiet otters row",
};

/** Eve is not registered yet. */
export const eve: Person = {
  name: "Eve",
  email: "eve@example.com",
  password: "four candles and a fork",
};

/** Bob is someone else. */
export const bob: Person = {
  name: "Bob",
  email: "bob@example.com",
  password: "a lantern under the stairs",
};

/** Cleo runs the site. */
export const cleo: Person = {
  name: "Cleo",
  email: "cleo@example.com",
  password: "nine bright lamps at sea",
};
