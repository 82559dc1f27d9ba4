import { ann, eve } from "./people.ts";

/** A form of the app with valid values. */
export interface Form {
  readonly who: "stranger" | "ann";
  readonly fields: Readonly<Record<string, string>>;
  /** Fields that may be missing. */
  readonly optional?: readonly string[];
}

/** Every form, by its route. A test names each route that is missing here. */
export const forms: Readonly<Record<string, Form>> = {
  "/register": {
    who: "stranger",
    fields: { ...eve },
  },
  "/login": {
    who: "stranger",
    fields: { email: ann.email, password: ann.password, remember: "on", next: "/account" },
    optional: ["remember", "next"],
  },
  "/password-strength": {
    who: "stranger",
    fields: { name: "Eve", email: "eve@example.com", password: "four candles" },
    optional: ["name", "email"],
  },
  "/passphrase": { who: "stranger", fields: {} },
  "/language": {
    who: "stranger",
    fields: { lang: "it", next: "/login" },
    optional: ["next"],
  },
  "/logout": { who: "ann", fields: {} },
  "/profile": { who: "ann", fields: { name: "Ann Meyer" } },
  "/reauthenticate": {
    who: "ann",
    fields: { email: ann.email, password: ann.password, next: "/account" },
    optional: ["email", "next"],
  },
  "/account/sessions/end-others": { who: "ann", fields: {} },
  "/account/sessions/x/end": { who: "ann", fields: {} },
  "/account/password": {
    who: "ann",
    fields: {
      email: ann.email,
      current_password: ann.password,
      password: "a heron stands in the reeds",
    },
    optional: ["email"],
  },
  "/account/delete": { who: "ann", fields: { email: ann.email } },
};
