import { plural } from "../plural.ts";

/** Tokens by which a person's own programs use the API. */
export const apiTokens = {
  title: "API tokens",
  navLabel: "API tokens",
  linkHint: "Let your own programs use the API.",
  intro:
    "With a token, a program of yours can use the API in your name. Anyone who has the token can do what it allows, so keep it as safe as a password.",
  ends:
    "A token ends on its day, and when you revoke it. All of them end when you’re logged out everywhere, for example when you reset your password or change your email address. They don’t end when you change your password.",
  description: "What the API offers (OpenAPI)",
  count: (tokens: number) =>
    plural("en", tokens, { one: "You have one token.", other: `You have ${tokens} tokens.` }),
  none: "You have no tokens.",
  scopes: {
    "profile:read": "See your name and email address",
    "sessions:read": "See where you’re logged in",
    "sessions:end": "Log out browsers",
    "events:read": "See what happened in your account",
  },
  allowed: "Allowed",
  created: "Created",
  endsOn: "Ends on",
  lastUsed: "Last used",
  never: "never",
  revoke: "Revoke",
  revokeLabel: (name: string) => `Revoke “${name}”`,
  revokeIntro: "Programs that use this token are refused at once. This can’t be undone.",
  revokeSubmit: "Revoke this token",
  create: {
    title: "Create a token",
    name: "Name",
    nameHint: "What you’ll know it by, such as the program that uses it.",
    scope: "What the token allows",
    days: "Days until it ends",
    daysHint: "From 1 to 365. We’ll mail you a week before the end.",
    daysHintWithoutMail: "From 1 to 365.",
    submit: "Create the token",
  },
  new: {
    title: "Your new token",
    intro: "Copy the token now, and keep it as safe as a password: we can’t show it again.",
    label: (name: string) => `Token of ${name}`,
    tryIt: "This is how a program uses it, here with the token in the variable TOKEN:",
    done: "I’ve saved the token",
  },
  problems: {
    too_many: "You have 20 tokens, and that’s the most we can keep. Please revoke one first.",
    gone: "That token isn’t in your account any more. Here’s the current list.",
  },
  stay: (tokens: number) =>
    plural("en", tokens, {
      one: "You have one API token. It goes on working with the new password.",
      other: `You have ${tokens} API tokens. They go on working with the new password.`,
    }),
  toTokens: "See your API tokens",
  mails: {
    created: {
      subject: "A new API token was created",
      event: (site: string) =>
        `Your account at ${site} has a new API token. Whoever has it can use the API in your name.`,
    },
    ends: {
      subject: "One of your API tokens ends in a week",
      event: (site: string) =>
        `An API token that was created in your account at ${site} ends soon. Programs that use it are refused from then on.`,
      advice:
        "If you still need it, create a new token in your account, and give it to your programs. Otherwise you don’t have to do anything.",
      ifNotYou: "If it wasn’t you, revoke the token in your account, and change your password.",
    },
    token: "Token",
    end: "End",
  },
};
