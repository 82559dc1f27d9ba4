import { plural } from "./plural.ts";

/** Every sentence a person reads, in English. Other languages are files of the same shape. */
export const en = {
  lang: "en",
  languageName: "English",
  siteName: "Latchkey",
  description: "Accounts and sessions for Hono on Deno, at the edge.",
  skipToContent: "Skip to content",
  sending: "Sending…",
  justNow: "just now",

  nav: {
    label: "Site",
    greeting: (name: string) => `Hi ${name}`,
    account: "Account",
    logIn: "Log in",
    logOut: "Log out",
    register: "Register",
  },
  footer: {
    language: "Language",
    madeWith: (one: string, other: string) => `Made with ${one} and ${other}`,
  },

  home: {
    title: "Home",
    heading: "Accounts and sessions for Hono on Deno, at the edge",
    welcome: (name: string) => `Welcome, ${name}!`,
    intro:
      "Latchkey answers one question well: is this browser logged in, and as whom? Register, look at your profile, log out, and log in again.",
    welcomeIntro: "You are logged in on this browser.",
    toProfile: "Your profile",
    toAccount: "Your account",
    quickStart: "Start in a minute",
    quickStartIntro: "Clone it, start it, and change the pages. Nothing to install but Deno.",
    protectPage: "A page behind a login is one guard on the line of its route:",
    features: {
      logout: {
        title: "Logging out logs out",
        body:
          "The session ends on the server. A copied cookie is worth nothing afterwards, and every other browser can be logged out from here.",
      },
      passwords: {
        title: "Passwords are well kept",
        body:
          "Hashed with argon2id under a key that is not in the database. Passwords that attackers try first are refused, with the reason.",
      },
      pages: {
        title: "Pages are light",
        body:
          "A few kilobytes, no tracking, nothing from elsewhere. Everything works without scripts, by keyboard and with a screen reader.",
      },
    },
  },

  fields: {
    name: "Name",
    email: "E-mail address",
    password: "Password",
    showPassword: "Show",
    remember: "Remember me on this browser",
    currentPassword: "Current password",
    newPassword: "New password",
    newPasswordHint: (minLength: number) =>
      `At least ${minLength} characters. Several words in a row are easy to remember and hard to guess.`,
  },

  strength: {
    label: "Strength of the password",
    suggest: "Suggest a passphrase",
    scores: { 0: "Very weak.", 1: "Weak.", 2: "Fair.", 3: "Good.", 4: "Strong." },
    advice: {
      keyboard_pattern: "Keys that lie side by side are easy to guess.",
      repetition: "Repeating yourself adds hardly anything.",
      sequence: "Sequences such as abc or 1234 are easy to guess.",
      date: "Dates and years are easy to guess.",
      known_password: "It is like a password that many people have.",
      single_word: "One word or name by itself is easy to guess.",
      personal_word: "What others know about you is easy to guess.",
      more_words: "Add another word or two; uncommon words are better.",
      tricks: "Capital letters, and symbols in place of letters, help very little.",
    },
  },

  register: {
    title: "Register",
    submit: "Register",
    haveAccount: "Already have an account?",
  },
  login: {
    title: "Log in",
    submit: "Log in",
    noAccount: "No account yet?",
    refused: "Wrong e-mail address or password.",
  },
  logout: {
    title: "Log out",
    question: "Do you want to log out on this browser?",
    submit: "Log out",
    notLoggedIn: "You are not logged in.",
  },
  profile: {
    title: "Profile",
    linkHint: "Your name, and the address you log in with.",
    memberSince: "Member since",
    submit: "Save name",
  },

  reauthenticate: {
    title: "Confirm that it is you",
    intro: (email: string) =>
      `You are about to do something that only you should. Please enter the password of ${email} again.`,
    submit: "Continue",
    refused: "Wrong password.",
  },
  account: {
    title: "Account",
    heading: "Your account",
    overview: "Overview",
  },
  sessions: {
    title: "Where you are logged in",
    navLabel: "Sessions",
    count: (browsers: number) =>
      plural("en", browsers, {
        one: "You are logged in on this browser only.",
        other:
          `You are logged in on ${browsers} browsers. If you do not know one, log it out and change your password.`,
      }),
    linkHint: "The browsers that are logged in as you, and how to log them out.",
    thisBrowser: "This browser",
    device: (browser: string | null, system: string | null) =>
      browser && system ? `${browser} on ${system}` : browser ?? system ?? "Unknown device",
    loggedInAt: "Logged in",
    lastSeen: "Last seen",
    authenticatedWith: "Confirmed with",
    network: "From",
    rememberedBrowser: "a remembered browser",
    methods: {
      pwd: "password",
      otp: "one-time code",
      hwk: "passkey",
      fed: "another account",
      mail: "mailed link",
      rc: "recovery code",
    },
    end: "Log out",
    endLabel: (device: string) => `Log out ${device}`,
    endOthers: "Log out everywhere else",
    gone: "That browser is not logged in as you. This is the list as it is now.",
  },
  password: {
    title: "Change the password",
    navLabel: "Password",
    linkHint: "Every other browser is logged out when you do.",
    submit: "Change the password",
    compromised:
      "Somebody else may know your password. Please choose a new one: until you do, nothing else is open to you.",
  },
  deletion: {
    title: "Delete the account",
    navLabel: "Delete account",
    linkHint: "Removes everything we keep about you. It cannot be undone.",
    warning:
      "Your profile, your password and every session are removed at once, on this and every other browser. This cannot be undone.",
    confirm: (email: string) => `To confirm, please type ${email}`,
    submit: "Delete my account",
  },

  problemCount: (problems: number) =>
    plural("en", problems, {
      one: "One thing needs to be corrected",
      other: `${problems} things need to be corrected`,
    }),
  /** Problems of a field, by the reason that validation gives. */
  problems: {
    missing: "Please fill this in.",
    once: "Please fill this in only once.",
    name_too_long: "Please use 80 characters or fewer.",
    name_unprintable: "Please use letters, digits and ordinary punctuation only.",
    email_invalid: "Please enter an e-mail address, such as ann@example.com.",
    email_differs: "This is not the address of your account.",
    email_taken: "An account with this address exists already. Log in instead?",
    password_too_short: "Too short. Please use more characters: several words, for example.",
    password_unchanged: "This is the password that you have. Please choose another one.",
    password_wrong: "This is not your current password.",
    password_personal:
      "This is made of your name, your address or the name of this site, which everybody tries first. Please use other words.",
    password_common:
      "Attackers know this password from other sites, and try it early. Please choose another one.",
    password_too_long: "Too long. Please use 256 characters or fewer.",
  },

  /** Flash messages, by the word that is stored until the next page. */
  flash: {
    log_in_first: "Please log in to see this page.",
    logged_in: "Logged in successfully.",
    switched: "You’re now logged in to a different account than before in this browser.",
    logged_out: "You have been logged out.",
    registered: "Welcome! Your account is ready.",
    name_saved: "Your name has been saved.",
    reauthenticate_first: "Please confirm that it is you to see this page.",
    reauthenticated: "Thank you. You can go on.",
    sent_too_late:
      "You were no longer logged in when you sent that, so it was not saved. Please log in, and send it again if you still need to.",
    sent_not_fresh:
      "You logged in a while ago, so what you sent was not saved. Please confirm that it is you, and send it again if you still need to.",
    session_ended: "That browser has been logged out.",
    others_ended: "Every other browser has been logged out.",
    password_changed:
      "Your password has been changed, and every other browser has been logged out.",
    account_deleted: "Your account has been deleted.",
  },

  errors: {
    backHome: "Go to the home page",
    tryAgain: "Try again",
    tryAgainLater: (when: string) => `Please try again ${when}.`,
    requestId: "If you report this, please mention:",
    wrong_host: {
      title: "That address cannot be read",
      body:
        "The name of this site did not arrive as it should. Please open the site at its usual address.",
    },
    not_found: {
      title: "Page not found",
      body: "There is nothing at this address. It may have moved, or the link may be mistyped.",
    },
    cross_site: {
      title: "Request refused",
      body:
        "This form was not sent from one of our own pages, so nothing was done. Please open the page here and send it again.",
    },
    embedded: {
      title: "Request refused",
      body: "This page can only be opened by itself, and not as a part of another one.",
    },
    method_not_allowed: {
      title: "That cannot be done here",
      body: "This address cannot be opened, or used, in this way. Please go on from the home page.",
    },
    too_large: {
      title: "Too much was sent",
      body: "The form holds more than we accept. Please go back and shorten what you wrote.",
    },
    wrong_type: {
      title: "That form cannot be read",
      body:
        "This form did not arrive as our page sends it. Please open the page again, and send it from there.",
    },
    incomplete: {
      title: "Something is missing",
      body:
        "The form did not arrive as our page sends it, so nothing was done. Please open the page again, and send it once more.",
    },
    headers_too_long: {
      title: "Too much was sent",
      body:
        "Your browser sent more cookies than we accept, or a header that is too long. Please delete the cookies of this site, and open it again.",
    },
    too_many: {
      title: "Too many attempts",
      body:
        "After several wrong attempts everybody has to wait, so that passwords cannot be guessed. In a browser in which you have logged in before, you do not wait for the mistakes of others.",
    },
    too_many_registrations: {
      title: "Too many registrations",
      body: "Many accounts were made from your network in a short time.",
    },
    server_error: {
      title: "Something went wrong",
      body: "This is our fault, and it has been recorded. Please try again in a while.",
    },
    unavailable: {
      title: "We cannot answer right now",
      body: "Nothing is lost, and nobody was logged out. Please try again in a few seconds.",
    },
  },
};

/** The sentences of one language. A missing or extra key does not compile. */
export type Text = typeof en;
export type FieldProblem = keyof Text["problems"];
export type FlashWord = keyof Text["flash"];
export type ErrorWord = {
  [Word in keyof Text["errors"]]: Text["errors"][Word] extends { title: string } ? Word : never;
}[keyof Text["errors"]];
