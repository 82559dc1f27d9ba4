/** The people of the tests. */
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

/** Bob is someone else. */
export const bob: Person = {
  name: "Bob",
  email: "bob@example.com",
  password: "a lantern under the stairs",
};
