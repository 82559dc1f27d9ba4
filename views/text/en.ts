import { activity } from "./en/activity.ts";
import { admin } from "./en/admin.ts";
import { apiTokens } from "./en/api_tokens.ts";
import { plural } from "./plural.ts";

/** Every sentence a person reads, in English. Other languages are files of the same shape. */
export const en = {
  lang: "en",
  /** How dates are written. */
  locale: "en-GB",
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
    mailbox: "Development mailbox",
  },

  activity,
  admin,
  apiTokens,

  home: {
    title: "Home",
    heading: "Accounts and sessions for Hono on Deno, at the edge",
    welcome: (name: string) => `Welcome, ${name}!`,
    intro:
      "Latchkey does one thing well: it knows who’s logged in on this browser. Register, take a look at your profile, log out, and log back in.",
    welcomeIntro: "You’re logged in on this browser.",
    toProfile: "Your profile",
    toAccount: "Your account",
    quickStart: "Start in a minute",
    quickStartIntro: "Clone it, start it, and make the pages yours. All you need is Deno.",
    protectPage: "To put a page behind a login, add one guard to its route:",
    features: {
      logout: {
        title: "Logging out logs out",
        body:
          "The session ends on the server, so a copied cookie is worthless afterwards. You can log out every other browser from here, too.",
      },
      passwords: {
        title: "Passwords are kept safe",
        body:
          "They’re hashed with argon2id and a key that isn’t in the database. Passwords that attackers try first are rejected, and you’re told why.",
      },
      pages: {
        title: "Pages are light",
        body:
          "Just a few kilobytes, with no tracking and no third parties. Everything works without scripts, by keyboard, and with a screen reader.",
      },
    },
  },

  fields: {
    name: "Name",
    email: "Email address",
    password: "Password",
    code: "Code",
    showPassword: "Show",
    hidePassword: "Hide",
    remember: "Remember me on this browser",
    currentPassword: "Current password",
    newPassword: "New password",
    newPasswordHint: (minLength: number) => `At least ${minLength} characters.`,
  },

  strength: {
    label: "Password strength",
    tip: "A few random words are easy to remember and hard to guess.",
    suggest: "Suggest a passphrase",
    copy: "Copy",
    copied: "Copied",
    scores: { 0: "Very weak.", 1: "Weak.", 2: "Fair.", 3: "Good.", 4: "Strong." },
    advice: {
      keyboard_pattern: "Keys next to each other are easy to guess.",
      repetition: "Repeated words and characters hardly help.",
      sequence: "Sequences like abc or 1234 are easy to guess.",
      date: "Dates and years are easy to guess.",
      known_password: "This is close to a very common password.",
      single_word: "A single word or name is easy to guess.",
      personal_word: "Things people know about you are easy to guess.",
      more_words: "Add another word or two. Uncommon words are best.",
      tricks: "Capital letters and symbols in place of letters don’t help much.",
    },
  },

  register: {
    title: "Register",
    submit: "Register",
    haveAccount: "Already have an account?",
    logInInstead: "Log in instead?",
  },
  verifyEmail: {
    title: "Confirm your email address",
    intro:
      "No mail yet, or is its link too old? Enter the address that you registered with, and we’ll send you a link, up to three times an hour.",
    askIntro:
      "We don’t know yet whether this address is yours. If you confirm it, we can help you when you can’t get in, and warn you when someone else logs in.",
    submit: "Send me a link",
    notNow: "Not now",
    confirmTitle: "Is this your email address?",
    confirmIntro: (email: string) => `Is ${email} your address? Then confirm it to continue.`,
    passwordIntro: (email: string) =>
      `To confirm ${email}, please enter the password that you chose when you registered.`,
    confirm: "Confirm my address",
    refused: "Wrong password.",
    rejectIntro:
      "If you didn’t register here, someone else used your address. You can remove their account.",
    reject: "I did not register",
    elsewhere: (email: string) =>
      `To confirm ${email}, please open this link in the browser where you registered. You have no password that we could ask for here.`,
    orContinue: "Or continue here with the account that you registered with:",
  },
  passwordReset: {
    title: "Reset your password",
    intro: "Enter your email address, and we’ll send you a link to choose a new password.",
    submit: "Send me a link",
    newTitle: "Choose a new password",
    newIntro: (email: string) =>
      `This is for the account with the address ${email}. You’ll be logged out on every browser, and can then log in with the new password.`,
    save: "Save new password",
    saveByPasskey: "Save with your passkey",
    useCode: "Use a code instead",
  },
  recoverAccount: {
    title: "Recover your account",
    intro: (email: string) =>
      `The people who run this site were asked to let you back in to the account with the address ${email}, because you can’t use your second step any more.`,
    wait: (date: string) =>
      `The link in your mail starts to work on ${date}. Until then nothing changes, and the account’s owner has time to stop it.`,
    choose: "Choose a new password",
    stopIntro:
      "You didn’t ask for this, or you found your phone or your recovery codes? Then stop it: the account stays as it is.",
    stop: "Stop the recovery",
  },
  deadLink: {
    title: "This link doesn’t work any more",
    body:
      "It may have been used already, it may be too old, or a newer one may have replaced it. If you still need one, please ask for another mail.",
    askAgain: "Ask for another mail",
  },
  login: {
    suspension: {
      suspended: "Your account is suspended",
      reasonLabel: "An administrator suspended it, for this reason:",
      whatNow: "If you have questions about it, please ask the people who run this site.",
    },
    title: "Log in",
    submit: "Log in",
    noAccount: "Don’t have an account yet?",
    refused: "Wrong email address or password.",
    forgotPassword: "Forgot your password?",
    passkeyProblems: {
      refused: "This passkey doesn’t open an account here. Please log in another way.",
      too_late: "That took too long. Please try your passkey again.",
    },
  },
  passkey: {
    logIn: "Log in with a passkey",
    cancelled: {
      create: "No passkey was made. You can try again whenever you like.",
      get: "No passkey was used. Try again, or log in another way.",
    },
    offer: "Add a passkey",
    notNow: "Not now",
    exists: "This device already has a passkey for your account.",
    failed: "That didn’t work. Please try again in a moment.",
  },
  passkeys: {
    title: "Passkeys",
    linkHint: "Log in with your fingerprint, face, or screen lock.",
    intro:
      "A passkey logs you in the way you unlock your device: by fingerprint, face, or PIN. There’s nothing to remember, and nothing a fake site could steal.",
    unavailable: "This browser can’t make passkeys, or its scripts are turned off.",
    add: "Add a passkey",
    instead: "Or add a passkey instead",
    addAnother: "Add another passkey",
    added: "Added",
    lastUsed: "Last used",
    never: "Not used yet",
    rename: "Rename",
    renameLabel: (name: string) => `Rename ${name}`,
    save: "Save name",
    remove: "Remove",
    removeLabel: (name: string) => `Remove ${name}`,
    removeIntro:
      "You won’t be able to log in with it any more, and every other browser will be logged out.",
    removeSubmit: "Remove this passkey",
    problems: {
      malformed:
        "Your browser’s answer didn’t arrive whole, so nothing was added. Please try again.",
      challenge: "That took too long, so nothing was added. Please try again.",
      invalid:
        "We couldn’t check this passkey, so nothing was added. It has to ask for your fingerprint, face, or PIN.",
      taken: "This passkey belongs to an account already, so nothing was added.",
      too_many: "You have 20 passkeys, and that’s the most we can keep. Please remove one first.",
      last_way_in:
        "This passkey is the only way into your account, so it wasn’t removed. Please add another one, or a password, first.",
      gone: "That passkey isn’t in your account any more. Here’s the current list.",
    },
  },
  identities: {
    title: "Linked accounts",
    linkHint: "Log in with an account that you have somewhere else.",
    intro:
      "You can log in with an account that you have somewhere else. We never see its password, and we can’t do anything in it.",
    none: "You haven’t linked any other account, and there’s none that you could link here.",
    linkTitle: "Link an account",
    link: (provider: string) => `Link ${provider}`,
    address: "Address",
    linkedSince: "Linked",
    lastUsed: "Last used",
    never: "Not used yet",
    unlink: "Unlink",
    unlinkLabel: (provider: string) => `Unlink ${provider}`,
    unlinkIntro: (provider: string) =>
      `You won’t be able to log in with ${provider} any more, and every other browser will be logged out.`,
    unlinkSubmit: "Unlink this account",
    lastWayIn:
      "This is the only way into your account, so it wasn’t unlinked. Please add a passkey or a password first.",
    setPassword: "Set a password",
  },
  loginLink: {
    instead: "Log in with a link by mail",
    title: "Log in with a link",
    intro: "No password needed: we’ll mail you a link. It works once, for 10 minutes.",
    submit: "Send me a link",
    password: "Log in with your password",
    sentTitle: "Check your mail",
    sentIntro:
      "If this address has an account, we’ve sent a link to it. Open it in this browser, and you’re in.",
    codeIntro: "Reading your mail on another device? Open the link there and enter this code:",
    codeLabel: "Your code",
    resumeIntro: "When the code has been accepted, come back here.",
    resume: "Continue",
    notConfirmed: "Nobody has entered the code yet. Please open the link in the mail first.",
    again: "No mail? Ask for another one",
    confirmTitle: "Log in",
    confirmIntro: "You asked for this link in this browser. Continue to log in.",
    enterTitle: "Allow a login",
    enterIntro:
      "You opened this link in a different browser from the one where it was asked for. To log in there, enter the code that it shows.",
    enterWarning:
      "Did someone else give you a code? Don’t enter it: it would let them into your account.",
    confirm: "Log in",
    allow: "Allow the login",
    refused: "Wrong code. After five wrong codes the link stops working.",
  },
  providers: {
    or: "or",
    continueWith: (provider: string) => `Continue with ${provider}`,
    /** Only where a provider asks for these words. */
    signInWith: (provider: string) => `Sign in with ${provider}`,
    lastUsed: "Last used",
  },
  /** A login with an account at a provider, whose name stands in the middle of sentences only. */
  loginWith: {
    purposes: {
      login: {
        title: (provider: string) => `Continue with ${provider}`,
        intro: (provider: string, host: string) =>
          `You’ll log in at ${host} and come back here. From ${provider} we learn your name and your email address, never your password.`,
        back: "Log in another way",
      },
      link: {
        title: (provider: string) => `Link your account at ${provider}`,
        intro: (provider: string, host: string) =>
          `You’ll log in at ${host} and come back here. From then on you can log in with that account, too. From ${provider} we learn your name and your email address, never your password.`,
        back: "Back to your linked accounts",
      },
      reauthenticate: {
        title: (provider: string) => `Confirm it’s you with ${provider}`,
        intro: (provider: string, host: string) =>
          `Log in at ${host} again, even if you’re logged in there already, and come back here. Then ${provider} tells us that it’s still you.`,
        back: "Confirm it’s you another way",
      },
    },
    submit: (provider: string) => `Continue to ${provider}`,
    again: "Begin again",
    detailLabel: (provider: string) => `The answer of ${provider}:`,
    problems: {
      unreachable: {
        title: (provider: string) => `We can’t reach ${provider}`,
        body: (provider: string) =>
          `There’s no answer from ${provider} at the moment, or none that we understand. Please try again in a little while, or choose another way.`,
      },
      too_slow: {
        title: (provider: string) => `That took ${provider} too long`,
        body: (provider: string) =>
          `We waited, but ${provider} didn’t answer in time. Please try again in a little while, or choose another way.`,
      },
      denied: {
        title: (provider: string) => `No permission from ${provider}`,
        body: (provider: string) =>
          `You, or ${provider}, said no, so nothing has happened here. You can begin again, or choose another way.`,
      },
      refused: {
        title: (_provider: string) => "We couldn’t check that answer",
        body: (provider: string) =>
          `What came back from ${provider} wasn’t what we asked for, so we didn’t accept it. Please begin again, or choose another way.`,
      },
      ended: {
        title: (_provider: string) => "Please begin again",
        body: (provider: string) =>
          `This answer from ${provider} was used already, came too late, or belongs to another browser. Nothing has happened. Please begin again in this browser.`,
      },
      not_anew: {
        title: (_provider: string) => "We still can’t tell that it’s you",
        body: (provider: string) =>
          `We asked ${provider} to let you log in once more, but it didn’t say that you had. Please log out there first and begin again, or confirm it’s you another way.`,
      },
      other_identity: {
        title: (_provider: string) => "That’s a different account",
        body: (provider: string) =>
          `The account at ${provider} that you chose isn’t linked to yours on this site. Please begin again with the one that is.`,
      },
      suspended: {
        title: (_provider: string) => "We couldn’t log you in",
        body: (provider: string) =>
          `This account at ${provider} doesn’t open an account here. Please log in another way.`,
      },
      taken: {
        title: (_provider: string) => "That account is linked already",
        body: (provider: string) =>
          `This account at ${provider} is linked to another account here, so it can’t be linked to yours. Log in to the other account to unlink it there, or choose a different one.`,
      },
      issuer_taken: {
        title: (provider: string) => `You’ve linked ${provider} already`,
        body: (provider: string) =>
          `Your account here has another account at ${provider}. To link this one instead, please unlink the other one first.`,
      },
      too_many: {
        title: (_provider: string) => "You’ve linked 20 accounts",
        body: (provider: string) =>
          `That’s the most your account here can have. To link this account at ${provider}, please unlink one of them first.`,
      },
      session_ended: {
        title: (_provider: string) => "Your login here has changed",
        body: (provider: string) =>
          `While you were at ${provider}, you logged out here or someone else logged in, so nothing has happened. Please log in and begin again.`,
      },
    },
  },
  /** What shall become of an account at a provider that nobody here is known by yet. */
  confirmIdentity: {
    situations: {
      new: "Create your account",
      taken: "You have an account already",
      unconfirmed: "This address is in use",
      link: "Link this account?",
      switch: "Switch accounts?",
    },
    account: (provider: string) => `Your account at ${provider}`,
    nameless: "No name or address",
    create: "Create account",
    newIntro: (provider: string) =>
      `No account here is linked to it yet. We can create one for you now, and you’ll log in with ${provider}.`,
    verifiedBy: (provider: string) => `Confirmed by ${provider}.`,
    emailHint: "We’ll send a mail with a link to it, to confirm that it’s yours.",
    takenIntro: (provider: string, email: string) =>
      `There’s an account here with the address ${email}. Log in to it once, as you always do: then you can link the two, and log in with ${provider} from then on.`,
    logIn: "Log in to link it",
    unconfirmedIntro: (email: string) =>
      `There’s an account here with the address ${email}, but nobody has confirmed that the address is theirs. If it’s your account, log in to it: then you can link the two, and keep everything in it.`,
    replace: "Create a new account instead",
    replaceIntro:
      "If it isn’t your account, you can have a new one with this address. The other one will then be removed, with everything in it. This can’t be undone.",
    replaceSubmit: "Remove it and create mine",
    linkIntro: (provider: string, email: string) =>
      `You’re logged in here as ${email}. If you link the two, you can log in to this account with ${provider} from now on.`,
    link: "Link to my account",
    separate: "Create a separate account instead",
    separateIntro: (email: string) =>
      `You’ll be logged out of ${email} and into the new account. The two have nothing to do with each other.`,
    switchIntro: (provider: string, email: string) =>
      `You’re logged in here as ${email}, but this account at ${provider} is linked to a different account. Do you want to log out and continue with that one?`,
    switchSubmit: "Switch to that account",
    cancel: "Cancel",
  },
  logout: {
    title: "Log out",
    question: "Log out of your account on this browser?",
    submit: "Log out",
    notLoggedIn: "You’re not logged in.",
  },
  profile: {
    title: "Profile",
    linkHint: "Your name and the email address you log in with.",
    memberSince: "Member since",
    submit: "Save name",
  },
  email: {
    title: "Change your email address",
    navLabel: "Email address",
    linkHint: "You log in with it, and our mails go to it.",
    current: "Current address",
    confirmed: "Confirmed",
    confirm: "Confirm this address",
    intro:
      "We’ll send a mail with a link to the new address. Until you open it and confirm, everything stays as it is.",
    newEmail: "New email address",
    submit: "Send the link",
    taken: "This address belongs to another account by now, so yours keeps its own.",
    confirmTitle: "Confirm your new address",
    confirmIntro: (newEmail: string) =>
      `From now on you log in with ${newEmail}. Every other browser will be logged out.`,
    confirmSubmit: "Use this address",
  },
  notices: {
    title: "Notices by mail",
    navLabel: "Notices",
    linkHint: "Choose what we tell you by mail.",
    unconfirmed: "Before you confirm your address, we can’t send you any of these.",
    newBrowser: "Tell me when a new browser logs in to my account",
    others:
      "We always tell you when your password, your address, or your second step changes, when a recovery code is used, when someone logs in after several wrong passwords, when someone may have copied your login, and when your account is deleted. These mails protect your account, so they can’t be turned off.",
    submit: "Save",
  },
  undo: {
    intro: "If it wasn’t you, take your account back. This button:",
    effects: (email: string) => [
      "logs out every browser, this one too",
      "blocks any password, so nobody can log in with it",
      `gives the account its address ${email} back, if it was changed`,
      `mails a link to ${email}, to choose a new password`,
    ],
    removed: {
      factor: "removes the second step that was added",
      identity: "removes the other account that was linked, so nobody can sign in with it",
    },
    after: "If it was you after all, just close this page.",
  },

  secondFactor: {
    title: "One more step",
    submit: "Continue",
    otherWay: "Use a recovery code",
    startAgain: "Start the login again",
    allLost:
      "If you have none of these any more, please ask the people who run this site for help.",
    passkey: {
      intro: "Confirm with your fingerprint, face, or screen lock.",
      submit: "Use your passkey",
      wrong: "This passkey didn’t work. Please try again, or use another way.",
      unavailable: "Your passkey can’t be used in this browser, or its scripts are turned off.",
    },
    totp: {
      label: "Code from your app",
      intro: "Open the app on your phone that makes codes for this site. Enter the six digits.",
      wrong:
        "Wrong code. Enter the one that your app shows now: each works only once. If it’s wrong again, check that your phone sets its clock automatically.",
    },
    recovery_code: {
      label: "Recovery code",
      intro: "Enter one of the codes that you saved. Each one works once.",
      wrong: "Wrong code, or it has been used already. Please try another one from your list.",
    },
    eitherHint:
      "From your app, or one of your recovery codes. A link by mail alone isn’t enough, because your account is protected by a second step.",
    recoveryHint:
      "One of those that you saved. A link by mail alone isn’t enough, because your account is protected by a second step.",
  },
  reauthenticate: {
    title: "Confirm it’s you",
    intro: (email: string) => `Before you continue, please enter the password for ${email} again.`,
    submit: "Continue",
    refused: "Wrong password.",
    byProvider: "Before you continue, please log in once more where you have your other account.",
    setPassword: "Set a password instead",
    noOtherWay:
      "If we still can’t tell that it’s you after that, please ask the people who run this site for help: you have no password that we could ask for instead.",
    noWay:
      "You have no password, and the account that you log in with can’t tell us when you last logged in there, so logging out and in again won’t help. Please set a password: then you can confirm it’s you.",
    noWayWithoutMail:
      "You have no password, and the account that you log in with can’t tell us when you last logged in there, so logging out and in again won’t help. Please ask the people who run this site for help.",
  },
  /** What was begun before the user proved again who they are. */
  finish: {
    title: "Finish what you began",
    intro: "You began this before you confirmed it’s you. Nothing has happened yet. Do it now?",
    /** By the route of the form. What the person typed may follow, after a colon. */
    actions: {
      "/account/export": "Download your data",
      "/account/delete": "Delete your account. This can’t be undone",
      "/account/email": "Change your email address",
      "/account/totp": "Set up an authenticator app",
      "/account/totp/remove": "Remove your authenticator app",
      "/account/recovery-codes": "Make new recovery codes and end the old ones",
      "/account/passkeys": "Add a passkey",
      "/account/passkeys/:id/rename": "Rename a passkey",
      "/account/passkeys/:id/remove": "Remove a passkey",
      "/admin/invite": "Become an administrator",
      "/account/api-tokens": "Create an API token",
      "/account/api-tokens/:id/revoke": "Revoke an API token",
      "/admin/users/:id/suspend": "Suspend an account",
      "/admin/users/:id/reactivate": "Reactivate an account",
      "/admin/users/:id/end-sessions": "Log a person out everywhere",
      "/admin/users/:id/reset-password": "Mail a person a link for a new password",
      "/admin/users/:id/role": "Change the roles of a person",
      "/admin/users/:id/delete": "Delete a person’s account",
      "/admin/users/:id/view-as": "View an account as its person",
      "/account/identities/:provider/unlink": "Unlink an account that you log in with",
    },
    submit: "Do it now",
    decline: "Don’t do it",
  },
  account: {
    title: "Account",
    heading: "Your account",
    overview: "Overview",
    protection: {
      complete: "Your account is well protected",
      improvable: "The next step to protect your account",
      steps: {
        repair_app: {
          body:
            "Codes from your authenticator app no longer work. See what to do about it, so that you aren’t locked out.",
          action: "Repair the app",
        },
        verify_email: {
          body:
            "Confirm your email address: then we can help you when you can’t get in, and warn you when someone else logs in.",
          action: "Confirm my address",
        },
        add_factor: {
          body:
            "Add a second step to your login: then nobody gets in with the first one alone. It takes two minutes.",
          action: "Set up an app",
        },
        renew_codes: {
          body:
            "Make new recovery codes: they’re your way in when you’ve lost your phone or passkey, and you’re running out of them.",
          action: "Make new codes",
        },
      },
      email: "Email address",
      confirmed: "Confirmed",
      unconfirmed: "Not confirmed yet",
      password: "Password",
      passwordSet: "Set",
      noPassword: "None, so nobody can guess it",
      signInWith: "You log in with",
      secondFactor: "Second step",
      factors: { otp: "Authenticator app", hwk: "Passkey" },
      brokenApp: "Authenticator app (doesn’t work)",
      noFactor: "None yet",
      recoveryCodes: "Recovery codes",
      codesLeft: (left: number) => left === 0 ? "None left" : `${left} left`,
      loggedIn: "Logged in",
      browsers: (browsers: number) =>
        plural("en", browsers, {
          one: "On this browser only",
          other: `On ${browsers} browsers`,
        }),
      previousLogin: "Login before this one",
      allActivity: "All activity",
      lastLogin: "Last login",
    },
  },
  sessions: {
    title: "Where you’re logged in",
    navLabel: "Sessions",
    count: (browsers: number) =>
      plural("en", browsers, {
        one: "You’re logged in on this browser only.",
        other:
          `You’re logged in on ${browsers} browsers. If you don’t recognise one, log it out, and change your password if you have one.`,
      }),
    linkHint: "See where you’re logged in, and log out other browsers.",
    thisBrowser: "This browser",
    device: (browser: string | null, system: string | null) =>
      browser && system ? `${browser} on ${system}` : browser ?? system ?? "Unknown device",
    loggedInAt: "Logged in",
    lastSeen: "Last seen",
    authenticatedWith: "Signed in with",
    network: "From",
    rememberedBrowser: "Remember me",
    methods: {
      pwd: "password",
      otp: "one-time code",
      hwk: "passkey",
      fed: "another account",
      mail: "email link",
      rc: "recovery code",
      mfa: "second step there",
    },
    end: "Log out",
    endLabel: (device: string) => `Log out ${device}`,
    endOthers: "Log out everywhere else",
    gone: "That browser is no longer logged in to your account. Here’s the current list.",
  },
  password: {
    title: "Change your password",
    navLabel: "Password",
    linkHint: "Changing it logs out every other browser.",
    submit: "Change password",
    compromised:
      "Someone else may know your password, or another way into your account. Please choose a new password before you continue.",
    firstTitle: "Set a password",
    firstHint: "With one, you can also log in with your email address.",
    none:
      "You have no password. With one, you can also log in with your email address, and confirm it’s you.",
    byMail: (email: string) =>
      `We’ll send a link to ${email}. When you use it, you’ll be logged out on every browser, and can then log in with the new password, or as before.`,
    sendLink: "Send me a link",
    confirmFirst:
      "We’ll mail you a link for it. Please confirm your email address first: a link to an address that nobody confirmed would also unlink your other accounts.",
    set: "Set password",
  },
  totp: {
    title: "Authenticator app",
    navLabel: "Authenticator app",
    linkHint: "Ask for a code from your phone at each login.",
    required: "Your account needs a second step. Please set it up to continue.",
    intro:
      "With an app on your phone, a stolen password isn’t enough to get into your account: we also ask for a code that only your phone shows. Setting it up takes two minutes.",
    steps: {
      get: "1. Get an app",
      getBody:
        "Any app that makes one-time codes will do, such as Google Authenticator, Microsoft Authenticator, or your password manager.",
      scan: "2. Scan this picture",
      scanBody: "In the app, choose to add an account, and point the camera here.",
      enter: "3. Enter the code",
      enterBody: "The app now shows six digits, and new ones every 30 seconds.",
    },
    qrLabel: "QR code for your app. If you can’t scan it, use the key below.",
    sameDevice: "Is the app on this device?",
    openApp: "Open it there",
    typeKey: "Can’t scan? Type this key into the app instead. It works for 10 minutes.",
    instead: "Or use an authenticator app",
    submit: "Turn on",
    on: "On",
    off: "Off",
    since: "Set up on",
    active: "When you log in without a passkey, we also ask for a code from your app.",
    disabled:
      "After too many wrong codes, codes from this app no longer work. If that wasn’t you, someone seems to know your password, or to have another account that’s linked to yours: change the one, or unlink the other. Then remove the app and set it up again.",
    lost:
      "Codes from this app no longer work, because our copy of its key is damaged. We’re sorry. Please remove the app and set it up again.",
    removeTitle: "Remove the app",
    removeBody:
      "For a new phone, remove the app here and set it up again. Every other browser will be logged out. Unless you also have a passkey, the first step alone will then be enough to log in, and your recovery codes end.",
    remove: "Remove the app",
  },
  recoveryCodes: {
    title: "Recovery codes",
    linkHint: "They let you in when you don’t have your app or passkey.",
    intro:
      "If you can’t use your app or your passkey, a recovery code takes its place. Each one works once.",
    left: (codes: number) =>
      codes === 0 ? "You have no recovery codes left." : plural("en", codes, {
        one: "You have one recovery code left.",
        other: `You have ${codes} recovery codes left.`,
      }),
    hidden: "We can’t show them again: we don’t know them, we can only check them.",
    replaceTitle: "Make new codes",
    replaceBody: "You get ten new codes. The old ones stop working right away.",
    replace: "Make new codes",
    newTitle: "Save your recovery codes",
    newIntro:
      "If you can’t use your app or your passkey, each of these codes takes its place once. If you lose them all, you can’t log in any more.",
    keep:
      "Print them, or keep them in your password manager. This is the only time that we show them.",
    listLabel: (site: string, email: string) => `${site}: recovery codes for ${email}`,
    copy: "Copy",
    copied: "Copied",
    print: "Print",
    download: "Download",
    fileName: "recovery-codes.txt",
    done: "I’ve saved them",
  },
  dataExport: {
    title: "Your data",
    navLabel: "Your data",
    linkHint: "Get everything we know about you as a file",
    intro:
      "You get everything this site knows about you as one JSON file: your account, where you’re logged in, your passkeys, and what happened in your account.",
    without:
      "There are no secrets in it, such as passwords or keys. But it says much about you, so keep it safe.",
    submit: "Download your data",
    too_often: "You’ve made 10 files in the last 24 hours. Please try again tomorrow.",
  },

  deletion: {
    title: "Delete your account",
    navLabel: "Delete account",
    linkHint: "Deletes everything we store about you. This can’t be undone.",
    last_admin: "You’re the only administrator. Give somebody else this role first.",
    warning:
      "Your account and everything in it are deleted right away, and you’re logged out on every browser. This can’t be undone.",
    confirm: (email: string) => `To confirm, type ${email}`,
    submit: "Delete my account",
  },

  /** Mails. A subject holds nothing that a person typed. */
  mail: {
    greeting: (name: string | null) => name === null ? "Hello," : `Hi ${name},`,
    automatic: (site: string) => `${site} sent this mail automatically. Please don’t reply to it.`,
    facts: {
      device: "Browser",
      network: "Network",
      time: "Time",
      newEmail: "New address",
      passkey: "Passkey",
      provider: "Linked account",
      reason: "Reason",
    },
    undo: "This wasn’t me",
    ifYou: "If it was you, you don’t have to do anything.",
    ifNotYou:
      "If it wasn’t you, open this link within 7 days and confirm. We’ll log out every browser and block any password, then mail you a link to choose a new one. If you do nothing, whoever it was may keep using your account.",
    securityReason:
      "You get this mail because it’s about the security of your account. It can’t be turned off.",

    verifyEmail: {
      subject: "Confirm your email address",
      event: (site: string) =>
        `Someone, probably you, entered this email address for an account at ${site}.`,
      action: "If it was you, confirm the address with this link. It works once, for 24 hours.",
      label: "Confirm address",
      otherwise:
        "If you do nothing, the address stays unconfirmed. A new account is deleted after 7 days.",
      ifNotYou:
        "If it wasn’t you, you don’t have to do anything. To have the account deleted right away, open the link and say that you didn’t register.",
    },
    alreadyRegistered: {
      subject: "You already have an account",
      event: (site: string) =>
        `Someone, probably you, entered this email address for an account at ${site}. But there’s already an account with this address.`,
      ifYou: "If it was you, log in to that account. If you can’t, choose a new password.",
      logIn: "Log in",
      resetPassword: "Choose a new password",
      ifNotYou:
        "If it wasn’t you, you don’t have to do anything. Nothing has changed, and we haven’t told anyone that you have an account.",
    },
    resetPassword: {
      subject: "Choose a new password",
      event: (site: string) =>
        `Someone, probably you, asked for a new password for the account at ${site} with this email address.`,
      byAdministrator: (site: string) =>
        `An administrator of ${site} asks you to choose a new password for your account.`,
      action: "If it was you, choose one with this link. It works once, for 1 hour.",
      actionAsked: "Choose one with this link. It works once, for 1 hour.",
      label: "Choose a new password",
      otherwise:
        "You’ll then be logged out on every browser, and can log in with the new password. If you do nothing, nothing changes.",
      ifNotYou:
        "If it wasn’t you, you don’t have to do anything. Don’t pass this link on: anyone who has it can choose the password of your account.",
      keepIt:
        "Don’t pass this link on: anyone who has it can choose the password of your account. Nobody who runs the site needs it, or your password.",
    },
    recoverAccount: {
      subject: "Recovering your account",
      event: (site: string) =>
        `Someone, probably you, asked the people who run ${site} to open your account without its second step.`,
      action: (date: string) =>
        `This link starts to work on ${date}, and then works once, for 2 days. With it you choose a new password. After that, only this password opens your account: the second step is removed, and so is every other way to log in.`,
      label: "Recover my account",
      otherwise: "If you do nothing, your account stays as it is.",
      ifNotYou:
        "If it wasn’t you, open the link now and stop the recovery. Someone may be trying to get into your account.",
    },
    changeEmail: {
      subject: "Confirm your new email address",
      event: (site: string) =>
        `Someone, probably you, wants to use this email address for their account at ${site}.`,
      action:
        "If it was you, confirm the address with this link while you’re logged in. It works once, for 24 hours.",
      label: "Confirm new address",
      otherwise: "If you do nothing, the account keeps its old address.",
      ifNotYou:
        "If it wasn’t you, you don’t have to do anything: nobody can use your address without this link.",
    },
    loginLink: {
      subject: "Your link to log in",
      event: (site: string) =>
        `Someone, probably you, asked for a link to log in to the account at ${site} with this email address.`,
      action:
        "If it was you, open this link in the browser where you asked for it. In any other browser, you’ll need the code that’s shown where you asked. The link works once, for 10 minutes.",
      label: "Log in",
      otherwise: "If you do nothing, nothing happens.",
      ifNotYou:
        "If it wasn’t you, you don’t have to do anything. Don’t enter a code that someone else gives you: it would let them in.",
    },

    newBrowser: {
      subject: "New login to your account",
      event: (site: string) =>
        `Someone logged in to your account at ${site} from a browser that hasn’t been used for it before.`,
      ifYou: "If it was you, you don’t have to do anything.",
      reason: "You can turn off mails about new browsers in your account.",
    },
    loginAfterFailures: {
      subject: "Login after failed attempts",
      event: (site: string, failures: number) =>
        plural("en", failures, {
          one: `Someone logged in to your account at ${site} after a failed attempt.`,
          other: `Someone logged in to your account at ${site} after ${failures} failed attempts.`,
        }),
      ifYou:
        "If all of it was you, you don’t have to do anything. If you only recognise the login, someone else tried to get in: a long password and a second step keep them out.",
    },
    secondFactorFailed: {
      subject: "A login failed at the second step",
      event: (site: string) =>
        `Someone began to log in to your account at ${site}, with your password, a link from your mail, or a linked account. Then the second step failed, so they didn’t get in.`,
      ifYou: "If it was you, just log in again.",
    },
    recoveryCodeUsed: {
      subject: "A recovery code was used",
      event: (site: string, left: number) =>
        left === 0
          ? `Someone used the last recovery code of your account at ${site}.`
          : plural("en", left, {
            one: `Someone used one of the recovery codes of your account at ${site}. One is left.`,
            other:
              `Someone used one of the recovery codes of your account at ${site}. ${left} are left.`,
          }),
      ifYou: "If it was you, make new codes in your account before you run out.",
    },
    totpDisabled: {
      subject: "Codes from your app are no longer accepted",
      event: (site: string) =>
        `After 100 wrong codes in a row, your account at ${site} no longer accepts codes from the app on your phone. Your other ways to confirm it’s you still work.`,
      ifYou:
        "If it was you, log in with a passkey or a recovery code. Then remove the app from your account and set it up again.",
    },
    passkeyAdded: {
      subject: "A passkey was added to your account",
      event: (site: string) =>
        `Your account at ${site} has a new passkey. Whoever has it can log in with it.`,
    },
    passkeyRemoved: {
      subject: "A passkey was removed from your account",
      event: (site: string) =>
        `A passkey of your account at ${site} was removed. It no longer logs anybody in.`,
    },
    identityLinked: {
      subject: "Another account was linked to yours",
      event: (site: string, provider: string) =>
        `An account at ${provider} was linked to your account at ${site}. Whoever has it can sign in with it.`,
      ifNotYou:
        "If it wasn’t you, open this link within 7 days and confirm. We’ll unlink that account, log out every browser and block any password, then mail you a link to choose a new one. If you do nothing, whoever it was may keep using your account.",
    },
    identityUnlinked: {
      subject: "An account was unlinked from yours",
      event: (site: string, provider: string) =>
        `The account at ${provider} is no longer linked to your account at ${site}. It no longer logs anybody in.`,
    },
    passwordChanged: {
      subject: "Your password was changed",
      event: (site: string) => `The password of your account at ${site} was changed.`,
    },
    emailChanged: {
      subject: "Your email address was changed",
      event: (site: string) =>
        `Your account at ${site} now has a different email address. You can no longer log in with this one.`,
      ifNotYou:
        "If it wasn’t you, open this link within 7 days and confirm. Your account gets this address back. We’ll log out every browser and block any password, then mail you a link to choose a new one. If you do nothing, the account keeps the new address.",
    },
    secondFactorAdded: {
      subject: "Your account has a new second step",
      event: (site: string) =>
        `Something was added to your account at ${site} that confirms logins. From now on, we may ask for it when you log in.`,
      factor: "Added",
    },
    secondFactorRemoved: {
      subject: "A second step was removed from your account",
      event: (site: string) =>
        `Something that confirmed logins was removed from your account at ${site}.`,
      factor: "Removed",
    },
    recoveryCodesReplaced: {
      subject: "You have new recovery codes",
      event: (site: string) =>
        `New recovery codes were made for your account at ${site}. The old ones no longer work.`,
    },
    accountDeleted: {
      subject: "Your account was deleted",
      event: (site: string) =>
        `Your account at ${site} was deleted, with everything we stored about you. This can’t be undone.`,
      ifYou: "If it was you, you don’t have to do anything. We won’t write to you again.",
      ifNotYou:
        "If it wasn’t you, someone else could log in to your account. If it had a password that you use anywhere else, change it there.",
    },
    administered: {
      subjects: {
        suspended: "Your account was suspended",
        reactivated: "Your account was reactivated",
        sessions_ended: "You were logged out everywhere",
        role_changed: "Your roles were changed",
        viewed_as: "An administrator is looking at your account",
        deleted: "Your account was deleted",
      },
      events: {
        suspended: (site: string) =>
          `An administrator of ${site} has suspended your account. You’ve been logged out everywhere, and can’t log in for the time being.`,
        reactivated: (site: string) =>
          `An administrator of ${site} has reactivated your account. You can log in again.`,
        sessions_ended: (site: string) =>
          `An administrator of ${site} has logged you out everywhere. You can log in again.`,
        role_changed: (site: string) =>
          `An administrator of ${site} has changed what you may do there.`,
        deleted: (site: string) =>
          `An administrator of ${site} has deleted your account, with everything we stored about you. This can’t be undone.`,
        viewed_as: (site: string) =>
          `An administrator of ${site} is looking at your account as you see it, for at most 15 minutes, without being able to change anything.`,
      },
      ifQuestions: "If you have questions about it, please ask the people who run the site.",
    },
    rememberReused: {
      subject: "Someone may have copied your login",
      event: (site: string) =>
        `Someone tried to open your account at ${site} with an old copy of the “Remember me” cookie of one of your browsers. We refused it, and logged that browser out.`,
      ifYou:
        "If you’ve just restored a browser or a computer from a backup, it was probably you. Log in again, and that’s all.",
    },
  },

  problemCount: (problems: number) =>
    plural("en", problems, {
      one: "One thing needs to be corrected",
      other: `${problems} things need to be corrected`,
    }),
  /** Problems of a field, by the reason that validation gives. */
  problems: {
    reason_too_long: "Please use at most 500 characters.",
    scope_missing: "Please choose at least one.",
    days_invalid: "Please enter a whole number from 1 to 365.",
    missing: "Please fill this in.",
    once: "Please fill this in just once.",
    name_too_long: "Please use 80 characters or fewer.",
    name_unprintable: "Please use only letters, digits, and common punctuation.",
    totp_incomplete: "Please enter all six digits of the code.",
    recovery_code_incomplete:
      "A recovery code has 16 letters and digits. It has no 0, 1, 8 or 9: that’s an O, I, B or G.",
    code_wrong:
      "Wrong code, or it has been used already. Enter the one that your app shows now, or another recovery code.",
    code_invalid: "Please enter all eight digits of the code.",
    totp_wrong:
      "Wrong code. Enter the one that your app shows now. If it’s wrong again, set the clock of your phone to automatic: the codes depend on it.",
    totp_unreadable:
      "We can’t check codes from your app at the moment. Please use a recovery code instead, or your passkey if you have one.",
    totp_key_ended:
      "That took longer than 10 minutes, so here’s a new picture. Delete the entry that you made in the app, and scan again.",
    email_invalid: "Please enter an email address, like ann@example.com.",
    email_unchanged: "This is already your address. Please enter a different one.",
    email_differs: "This isn’t your account’s email address.",
    email_taken: "There’s already an account with this address.",
    password_too_short:
      "This is too short. Please make it longer, for example with a few more words.",
    password_unchanged: "This is already your password. Please choose a different one.",
    password_wrong: "This isn’t your current password.",
    password_personal:
      "This is made up of your name, your address, or this site’s name, and people guess those first. Please use other words.",
    password_common:
      "This password is known from other sites, so attackers try it early. Please choose a different one.",
    password_too_long: "This is too long. Please use 256 characters or fewer.",
  },

  /** Flash messages, by the word that is stored until the next page. */
  flash: {
    now_admin: "You’re an administrator now.",
    view_ended: "You see your own account again.",
    user_suspended: "The account is suspended, and the person is logged out everywhere.",
    user_reactivated: "The account is active again.",
    user_sessions_ended: "The person has been logged out everywhere.",
    user_reset_started: "The mail with the link is on its way.",
    user_roles_changed: "The roles have been changed.",
    user_deleted: "The account has been deleted.",
    registration_sent:
      "Check your mail. We’ve sent a link to the address you registered with, unless it got too many mails from us lately. Open it to finish. It works for 24 hours. If nothing arrives in a few minutes, please look in your spam folder, too.",
    verify_first: "Please confirm your email address first. We’ve sent you a mail with a link.",
    verify_first_by_older_mail:
      "Please confirm your email address first, with the link in the newest mail from us. We’ve sent several, and can send another one later.",
    verification_sent:
      "If this address has an account that isn’t confirmed yet, we’ve sent a mail to it, unless it got too many mails from us lately.",
    email_verified: "Your email address is confirmed.",
    login_confirmed: "Done. Now go back to the browser where you asked, and continue there.",
    registration_removed: "The account has been removed. Nobody can use it any more.",
    reset_sent:
      "If there’s an account with this address, we’ve sent a mail with a link to it. The link works for 1 hour. If nothing arrives in a few minutes, please look in your spam folder, too.",
    recovery_stopped: "The recovery has been stopped. The account stays as it is.",
    password_reset: "Your new password is saved. You can log in with it now.",
    confirmed_by_login:
      "We’ve confirmed your address. Nobody had confirmed it before, so please choose a new password now: we’ll send you a link.",
    password_compromised:
      "Someone else may know your password, or another way into your account. Please choose a new password before you continue: we’ll send you a link.",
    second_factor_ended: "That took too long, or something changed. Please log in again.",
    recovery_code_used: (left: number) =>
      left === 0
        ? "You used your last recovery code. Please make new ones now."
        : plural("en", left, {
          one: "You used a recovery code. One is left: please make new codes soon.",
          other: `You used a recovery code. ${left} are left.`,
        }),
    log_in_first: "Please log in to see this page.",
    logged_in: "You’re logged in.",
    switched: "You’re now logged in to a different account on this browser.",
    logged_out: "You’ve been logged out.",
    registered: "Welcome! Your account is ready.",
    name_saved: "Your name has been saved.",
    identity_linked: "The account is linked. You can log in with it from now on.",
    identity_unlinked: "The account is unlinked, and every other browser has been logged out.",
    question_changed:
      "Another tab signed in meanwhile, so this page is about another account now. Please look again.",
    identity_linked_already: "This account was linked already.",
    passkey_added: "Your passkey is ready. Next time you can log in with it.",
    passkey_renamed: "The passkey has a new name.",
    passkey_removed: "The passkey has been removed, and every other browser has been logged out.",
    passkey_offer: "Log in faster next time: with your fingerprint, face, or screen lock.",
    reauthenticate_first: "Please confirm it’s you to see this page.",
    reauthenticate_to_enrol:
      "Your account needs a second step. Before you set it up, please confirm it’s you.",
    reauthenticated: "Thanks, you can continue.",
    sent_too_late:
      "You were no longer logged in when you sent that, so it wasn’t saved. Please log in, then send it again if you still need to.",
    sent_not_fresh:
      "It’s been a while since you logged in, so what you sent wasn’t saved. Please confirm it’s you, then send it again if you still need to.",
    sent_held:
      "It’s been a while since you logged in. Please confirm it’s you: then you can finish what you began.",
    nothing_held: "There’s nothing to finish any more. If it isn’t done yet, please begin again.",
    declined: "OK, nothing has been changed.",
    session_ended: "That browser has been logged out.",
    others_ended: "Every other browser has been logged out.",
    password_changed:
      "Your password has been changed, and every other browser has been logged out.",
    password_changed_tokens: (tokens: number) =>
      plural("en", tokens, {
        one:
          "Your password has been changed, and every other browser has been logged out. One API token goes on working.",
        other:
          `Your password has been changed, and every other browser has been logged out. ${tokens} API tokens go on working.`,
      }),
    api_token_revoked: "The token has been revoked. Programs that use it are refused from now on.",
    password_set: "Your password is set, and every other browser has been logged out.",
    password_link_sent:
      "Please check your mail. We’ve sent a link to your address, unless it got too many mails from us lately. It works for 1 hour. If nothing arrives in a few minutes, please look in your spam folder, too.",
    email_change_sent:
      "Please check the mail of your new address. We’ve sent a link to it, unless it got too many mails from us lately.",
    email_changed:
      "Your email address has been changed, and every other browser has been logged out.",
    totp_added: "Your app is set up. From now on, we ask for a code from it when you log in.",
    totp_removed: "The app has been removed, and every other browser has been logged out.",
    add_factor_first:
      "Recovery codes stand in for an app or a passkey. Please set one of them up first: you’ll get the codes right after it.",
    notices_saved: "Your choice has been saved.",
    undone:
      "Every browser is logged out, and no password opens the account now. Please check your mail: with the link in it you choose a new password. If nothing arrives, ask for another mail here.",
    undone_without_address:
      "Every browser is logged out, and the account is blocked. But your old address belongs to another account by now, so yours couldn’t get it back, and we couldn’t mail you a link. Please write to the people who run this site.",
    account_deleted: "Your account has been deleted.",
    deletion_without_login:
      "You were no longer logged in when you sent that. If your account still exists, log in to delete it.",
  },

  /** Read by developers only. */
  mailbox: {
    title: "Development mailbox",
    intro: "In development no mail leaves: you find it here instead.",
    empty: "No mail yet.",
    to: "To",
    sent: "Sent",
    asText: "As text",
    asHtml: "As HTML",
  },

  errors: {
    backHome: "Go to the home page",
    tryAgain: "Try again",
    tryAgainLater: (when: string) => `Please try again ${when}.`,
    requestId: "If you report this, please include:",
    wrong_host: {
      title: "Invalid address",
      body:
        "Your browser asked for a site name that we can’t use. Please open the site at its usual address.",
    },
    not_found: {
      title: "Page not found",
      body: "There’s nothing here. The page may have moved, or the link may have a typo.",
    },
    forbidden: {
      title: "You can’t do this",
      body: "Your account isn’t allowed to open this page. Ask somebody who runs this site.",
    },
    viewing: {
      title: "You can only look",
      body: "You’re viewing somebody else’s account, so nothing was done. Stop viewing first.",
    },
    cross_site: {
      title: "Request refused",
      body:
        "This form didn’t come from one of our own pages, so we didn’t do anything. Please open the page here and send it again.",
    },
    embedded: {
      title: "Request refused",
      body: "This page can’t be opened inside another page.",
    },
    method_not_allowed: {
      title: "That doesn’t work here",
      body: "This address can’t be opened this way. Please start again from the home page.",
    },
    too_large: {
      title: "That’s too long",
      body: "You wrote more than we can accept. Please go back and make it shorter.",
    },
    wrong_type: {
      title: "We couldn’t read that form",
      body:
        "The form didn’t arrive the way our page sends it. Please open the page again and send it from there.",
    },
    incomplete: {
      title: "Something is missing",
      body:
        "Part of the form didn’t arrive, so we didn’t do anything. Please open the page again and send it once more.",
    },
    headers_too_long: {
      title: "Too much data",
      body:
        "Your browser sent too many cookies, or a header that’s too long. Please delete this site’s cookies, then open it again.",
    },
    too_many: {
      title: "Too many attempts",
      body:
        "After several wrong attempts you have to wait, so that nobody can guess passwords. If you’ve logged in on this browser before, other people’s mistakes don’t make you wait.",
    },
    too_many_codes: {
      title: "Too many wrong codes",
      body:
        "You have to wait before you try another one, so that nobody can guess them. If you have another way to confirm it’s you, it works right away.",
    },
    too_many_passkeys: {
      title: "Too many attempts",
      body:
        "Too many attempts from your network have failed, so you have to wait before you use a passkey. Your passkey still works.",
    },
    too_many_registrations: {
      title: "Too many registrations",
      body: "Too many accounts have been created from your network recently.",
    },
    server_error: {
      title: "Something went wrong",
      body: "It’s our fault, and we’ve recorded the error. Please try again in a little while.",
    },
    unavailable: {
      title: "We’re having trouble right now",
      body: "Nothing is lost, and you haven’t been logged out. Please try again in a few seconds.",
    },
  },
};

/** The sentences of one language. A missing or extra key does not compile. */
export type Text = typeof en;
export type FieldProblem = keyof Text["problems"];
/** A route whose form can be held until the user proves again who they are. */
export type HeldRoute = keyof Text["finish"]["actions"];
export type FlashWord = keyof Text["flash"];
export type ErrorWord = {
  [Word in keyof Text["errors"]]: Text["errors"][Word] extends { title: string } ? Word : never;
}[keyof Text["errors"]];
