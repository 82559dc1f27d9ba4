import type { Text } from "./en.ts";
import { plural } from "./plural.ts";

export const it: Text = {
  lang: "it",
  languageName: "Italiano",
  siteName: "Latchkey",
  description: "Account e sessioni per Hono su Deno, sull’edge.",
  skipToContent: "Vai al contenuto",
  sending: "Invio in corso…",
  justNow: "poco fa",

  nav: {
    label: "Sito",
    greeting: (name) => `Ciao ${name}`,
    account: "Account",
    logIn: "Accedi",
    logOut: "Esci",
    register: "Registrati",
  },
  footer: {
    language: "Lingua",
    madeWith: (one, other) => `Realizzato con ${one} e ${other}`,
  },

  home: {
    title: "Home",
    heading: "Account e sessioni per Hono su Deno, sull’edge",
    welcome: (name) => `Ti diamo il benvenuto, ${name}!`,
    intro:
      "Latchkey risponde bene a una sola domanda: in questo browser è stato effettuato l’accesso, e da chi? Registrati, guarda il tuo profilo, esci e accedi di nuovo.",
    welcomeIntro: "Hai effettuato l’accesso in questo browser.",
    toProfile: "Il tuo profilo",
    toAccount: "Il tuo account",
    quickStart: "Inizia in un minuto",
    quickStartIntro: "Clona il progetto, avvialo e cambia le pagine. Da installare c’è solo Deno.",
    protectPage: "Per proteggere una pagina basta aggiungere un controllo alla sua route:",
    features: {
      logout: {
        title: "Uscire vuol dire uscire",
        body:
          "La sessione finisce sul server. Un cookie copiato non vale più nulla, e da qui puoi disconnettere ogni altro browser.",
      },
      passwords: {
        title: "Le password sono al sicuro",
        body:
          "Protette con argon2id e con una chiave che non sta nel database. Le password che gli attaccanti provano per prime vengono rifiutate, con il motivo.",
      },
      pages: {
        title: "Le pagine sono leggere",
        body:
          "Pochi kilobyte, nessun tracciamento, nulla che arrivi da altri siti. Tutto funziona senza script, da tastiera e con uno screen reader.",
      },
    },
  },

  fields: {
    name: "Nome",
    email: "Indirizzo e-mail",
    password: "Password",
    showPassword: "Mostra",
    remember: "Ricordami in questo browser",
    currentPassword: "Password attuale",
    newPassword: "Nuova password",
    newPasswordHint: (minLength) =>
      `Almeno ${minLength} caratteri. Più parole di seguito sono facili da ricordare e difficili da indovinare.`,
  },

  strength: {
    label: "Robustezza della password",
    suggest: "Suggerisci una passphrase",
    scores: {
      0: "Molto debole.",
      1: "Debole.",
      2: "Discreta.",
      3: "Buona.",
      4: "Robusta.",
    },
    advice: {
      keyboard_pattern: "I tasti vicini tra loro sono facili da indovinare.",
      repetition: "Ripetere le stesse cose non aggiunge quasi nulla.",
      sequence: "Le sequenze come abc o 1234 sono facili da indovinare.",
      date: "Le date e gli anni sono facili da indovinare.",
      known_password: "Assomiglia a una password che usano in molti.",
      single_word: "Una parola o un nome da soli sono facili da indovinare.",
      personal_word: "Quello che gli altri sanno di te è facile da indovinare.",
      more_words: "Aggiungi una o due parole, meglio se poco comuni.",
      tricks: "Le maiuscole, e i simboli al posto delle lettere, aiutano molto poco.",
    },
  },

  register: {
    title: "Registrati",
    submit: "Registrati",
    haveAccount: "Hai già un account?",
  },
  login: {
    title: "Accedi",
    submit: "Accedi",
    noAccount: "Non hai ancora un account?",
    refused: "Indirizzo e-mail o password non corretti.",
  },
  logout: {
    title: "Esci",
    question: "Vuoi uscire dal tuo account in questo browser?",
    submit: "Esci",
    notLoggedIn: "Non hai effettuato l’accesso.",
  },
  profile: {
    title: "Profilo",
    linkHint: "Il tuo nome e l’indirizzo con cui accedi.",
    memberSince: "Data di iscrizione",
    submit: "Salva il nome",
  },

  reauthenticate: {
    title: "Conferma la tua identità",
    intro: (email) =>
      `Stai per fare qualcosa che solo tu dovresti poter fare. Inserisci di nuovo la password di ${email}.`,
    submit: "Continua",
    refused: "Password non corretta.",
  },
  account: {
    title: "Account",
    heading: "Il tuo account",
    overview: "Panoramica",
  },
  sessions: {
    title: "Dove hai effettuato l’accesso",
    navLabel: "Sessioni",
    count: (browsers) =>
      plural("it", browsers, {
        one: "Hai effettuato l’accesso solo in questo browser.",
        other:
          `Hai effettuato l’accesso in ${browsers} browser. Se non ne riconosci uno, disconnettilo e cambia la password.`,
      }),
    linkHint: "I browser in cui hai effettuato l’accesso, e come disconnetterli.",
    thisBrowser: "Questo browser",
    device: (browser, system) =>
      browser && system
        ? `${browser} su ${system}`
        : browser ?? system ?? "Dispositivo sconosciuto",
    loggedInAt: "Accesso",
    lastSeen: "Ultima attività",
    authenticatedWith: "Verificato con",
    network: "Da",
    rememberedBrowser: "un browser ricordato",
    methods: {
      pwd: "la password",
      otp: "un codice monouso",
      hwk: "una passkey",
      fed: "un altro account",
      mail: "un link via e-mail",
      rc: "un codice di recupero",
    },
    end: "Disconnetti",
    endLabel: (device) => `Disconnetti ${device}`,
    endOthers: "Disconnetti tutti gli altri browser",
    gone: "In quel browser il tuo accesso non è attivo. Questo è l’elenco aggiornato.",
  },
  password: {
    title: "Cambia la password",
    navLabel: "Password",
    linkHint: "Quando lo fai, tutti gli altri browser vengono disconnessi.",
    submit: "Cambia la password",
    compromised:
      "Qualcun altro potrebbe conoscere la tua password. Scegline una nuova: prima di allora, qui non si può fare altro.",
  },
  deletion: {
    title: "Elimina l’account",
    navLabel: "Elimina l’account",
    linkHint: "Cancella tutto quello che conserviamo su di te. L’operazione non si può annullare.",
    warning:
      "Il profilo, la password e tutte le sessioni vengono cancellati subito, in questo e in ogni altro browser. L’operazione non si può annullare.",
    confirm: (email) => `Per confermare, scrivi ${email}`,
    submit: "Elimina il mio account",
  },

  problemCount: (problems) =>
    plural("it", problems, {
      one: "C’è una cosa da correggere",
      other: `Ci sono ${problems} cose da correggere`,
    }),
  problems: {
    missing: "Compila questo campo.",
    once: "Compila questo campo una volta sola.",
    name_too_long: "Usa al massimo 80 caratteri.",
    name_unprintable: "Usa solo lettere, cifre e punteggiatura comune.",
    email_invalid: "Inserisci un indirizzo e-mail, per esempio anna@example.com.",
    email_differs: "Non è l’indirizzo del tuo account.",
    email_taken: "Esiste già un account con questo indirizzo. Vuoi accedere?",
    password_too_short: "Troppo corta. Usa più caratteri, per esempio più parole di seguito.",
    password_unchanged: "È la password che hai già. Scegline un’altra.",
    password_wrong: "Non è la tua password attuale.",
    password_personal:
      "Contiene il tuo nome, il tuo indirizzo o il nome di questo sito: sono le prime cose che un attaccante prova. Usa altre parole.",
    password_common:
      "Gli attaccanti conoscono questa password da altri siti e la provano tra le prime. Scegline un’altra.",
    password_too_long: "Troppo lunga. Usa al massimo 256 caratteri.",
  },

  flash: {
    log_in_first: "Accedi per vedere questa pagina.",
    logged_in: "Accesso effettuato.",
    switched: "Ora in questo browser usi un account diverso da quello di prima.",
    logged_out: "Uscita effettuata.",
    registered: "Ti diamo il benvenuto! Il tuo account è pronto.",
    name_saved: "Il nome è stato salvato.",
    reauthenticate_first: "Conferma la tua identità per vedere questa pagina.",
    reauthenticated: "Grazie. Puoi continuare.",
    sent_too_late:
      "Quando hai inviato il modulo, l’accesso non era più attivo, quindi non è stato salvato nulla. Accedi e invialo di nuovo, se serve ancora.",
    sent_not_fresh:
      "Il tuo ultimo accesso risale a un po’ di tempo fa, quindi quello che hai inviato non è stato salvato. Conferma la tua identità e invialo di nuovo, se serve ancora.",
    session_ended: "Quel browser è stato disconnesso.",
    others_ended: "Tutti gli altri browser sono stati disconnessi.",
    password_changed:
      "La password è stata cambiata, e tutti gli altri browser sono stati disconnessi.",
    account_deleted: "Il tuo account è stato eliminato.",
  },

  errors: {
    backHome: "Vai alla pagina iniziale",
    tryAgain: "Riprova",
    tryAgainLater: (when) => `Riprova ${when}.`,
    requestId: "Se lo segnali, indica questo codice:",
    wrong_host: {
      title: "Indirizzo non valido",
      body:
        "Il nome di questo sito non è arrivato come dovrebbe. Apri il sito al suo indirizzo abituale.",
    },
    not_found: {
      title: "Pagina non trovata",
      body:
        "A questo indirizzo non c’è nulla. Forse la pagina è stata spostata, o il link è sbagliato.",
    },
    cross_site: {
      title: "Richiesta rifiutata",
      body:
        "Questo modulo non è stato inviato da una delle nostre pagine, quindi non è stato fatto nulla. Apri qui la pagina e invialo di nuovo.",
    },
    embedded: {
      title: "Richiesta rifiutata",
      body: "Questa pagina non si può aprire all’interno di un’altra.",
    },
    method_not_allowed: {
      title: "Qui non si può fare",
      body:
        "Questo indirizzo riceve un modulo e non mostra una pagina propria, o viceversa. Riparti dalla pagina iniziale.",
    },
    too_large: {
      title: "Modulo troppo lungo",
      body: "Contiene più di quanto accettiamo. Torna indietro e accorcia quello che hai scritto.",
    },
    wrong_type: {
      title: "Modulo non leggibile",
      body:
        "Il modulo non è arrivato come lo invia la nostra pagina. Apri di nuovo la pagina e invialo da lì.",
    },
    incomplete: {
      title: "Manca qualcosa",
      body:
        "Il modulo non è arrivato come lo invia la nostra pagina, quindi non è stato fatto nulla. Apri di nuovo la pagina e invialo un’altra volta.",
    },
    headers_too_long: {
      title: "Troppi dati",
      body:
        "Il browser ha inviato più cookie di quanti ne accettiamo, o un’intestazione troppo lunga. Elimina i cookie di questo sito e riaprilo.",
    },
    too_many: {
      title: "Troppi tentativi",
      body:
        "Dopo diversi tentativi sbagliati bisogna attendere, così nessuno può indovinare le password. In un browser in cui hai già effettuato l’accesso non devi attendere per gli errori di altri.",
    },
    too_many_registrations: {
      title: "Troppe registrazioni",
      body: "Dalla tua rete sono stati creati molti account in poco tempo.",
    },
    server_error: {
      title: "Qualcosa è andato storto",
      body: "È colpa nostra, e l’errore è stato registrato. Riprova tra un po’.",
    },
    unavailable: {
      title: "Servizio momentaneamente non disponibile",
      body: "Nulla è andato perso, e nessuno è stato disconnesso. Riprova tra qualche secondo.",
    },
  },
};
