import type { Text } from "./en.ts";
import { activity } from "./it/activity.ts";
import { admin } from "./it/admin.ts";
import { apiTokens } from "./it/api_tokens.ts";
import { plural } from "./plural.ts";

export const it: Text = {
  lang: "it",
  locale: "it",
  languageName: "Italiano",
  siteName: "Latchkey",
  description: "Account e sessioni per Hono su Deno, all’edge.",
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
    mailbox: "Casella di sviluppo",
  },

  activity,
  admin,
  apiTokens,

  home: {
    title: "Home",
    heading: "Account e sessioni per Hono su Deno, all’edge",
    welcome: (name) => `Ti diamo il benvenuto, ${name}!`,
    intro:
      "Latchkey fa bene una sola cosa: sa chi ha effettuato l’accesso da questo browser. Registrati, dai un’occhiata al tuo profilo, esci e accedi di nuovo.",
    welcomeIntro: "Hai effettuato l’accesso da questo browser.",
    toProfile: "Il tuo profilo",
    toAccount: "Il tuo account",
    quickStart: "Inizia in un minuto",
    quickStartIntro: "Clona il progetto, avvialo e personalizza le pagine. Ti serve solo Deno.",
    protectPage: "Per proteggere una pagina basta aggiungere un controllo alla sua route:",
    features: {
      logout: {
        title: "Quando esci, esci davvero",
        body:
          "La sessione termina sul server: un cookie copiato non serve più a nulla. E da qui puoi disconnettere tutti gli altri browser.",
      },
      passwords: {
        title: "Le password sono al sicuro",
        body:
          "Sono protette con argon2id e con una chiave che non si trova nel database. Le password che i malintenzionati provano per prime vengono rifiutate, e ti diciamo perché.",
      },
      pages: {
        title: "Le pagine sono leggere",
        body:
          "Pochi kilobyte, nessun tracciamento e niente che arrivi da altri siti. Tutto funziona anche senza script, da tastiera e con uno screen reader.",
      },
    },
  },

  fields: {
    name: "Nome",
    email: "Indirizzo email",
    password: "Password",
    code: "Codice",
    showPassword: "Mostra",
    hidePassword: "Nascondi",
    remember: "Ricordami su questo browser",
    currentPassword: "Password attuale",
    newPassword: "Nuova password",
    newPasswordHint: (minLength) => `Almeno ${minLength} caratteri.`,
  },

  strength: {
    label: "Robustezza della password",
    tip: "Qualche parola a caso è facile da ricordare e difficile da indovinare.",
    suggest: "Suggerisci una passphrase",
    copy: "Copia",
    copied: "Copiata",
    scores: {
      0: "Molto debole.",
      1: "Debole.",
      2: "Discreta.",
      3: "Buona.",
      4: "Robusta.",
    },
    advice: {
      keyboard_pattern: "Le sequenze di tasti vicini sono facili da indovinare.",
      repetition: "Ripetere parole o caratteri serve a poco.",
      sequence: "Le sequenze come abc o 1234 sono facili da indovinare.",
      date: "Le date e gli anni sono facili da indovinare.",
      known_password: "È molto simile a una password comune.",
      single_word: "Una sola parola o un solo nome sono facili da indovinare.",
      personal_word: "Quello che gli altri sanno di te è facile da indovinare.",
      more_words: "Aggiungi una o due parole, meglio se poco comuni.",
      tricks: "Le maiuscole e i simboli al posto delle lettere servono a poco.",
    },
  },

  register: {
    title: "Registrati",
    submit: "Registrati",
    haveAccount: "Hai già un account?",
    logInInstead: "Vuoi accedere?",
  },
  verifyEmail: {
    title: "Conferma il tuo indirizzo email",
    intro:
      "L’email non è arrivata o il link è scaduto? Inserisci l’indirizzo con cui hai creato l’account: ti invieremo un link, fino a tre volte all’ora.",
    askIntro:
      "Non sappiamo ancora se questo indirizzo è tuo. Se lo confermi, possiamo aiutarti quando non riesci ad accedere e avvisarti quando accede qualcun altro.",
    submit: "Inviami un link",
    notNow: "Non ora",
    confirmTitle: "Questo indirizzo email è tuo?",
    confirmIntro: (email) => `${email} è il tuo indirizzo? Confermalo per continuare.`,
    passwordIntro: (email) =>
      `Per confermare ${email}, inserisci la password che hai scelto durante la registrazione.`,
    confirm: "Conferma il mio indirizzo",
    refused: "Password errata.",
    rejectIntro:
      "Se non hai creato tu questo account, qualcun altro ha usato il tuo indirizzo. Puoi eliminare il suo account.",
    reject: "Questo account non è mio",
    elsewhere: (email) =>
      `Per confermare ${email}, apri questo link nel browser in cui hai creato l’account. Il tuo account non ha una password, quindi qui non possiamo chiedertela.`,
    orContinue: "Oppure continua qui con l’account che hai usato per registrarti:",
  },
  passwordReset: {
    title: "Reimposta la password",
    intro:
      "Inserisci il tuo indirizzo email: ti invieremo un link per scegliere una nuova password.",
    submit: "Inviami un link",
    newTitle: "Scegli una nuova password",
    newIntro: (email) =>
      `La nuova password vale per l’account con l’indirizzo ${email}. Tutti i tuoi browser verranno disconnessi, poi potrai accedere con la nuova password.`,
    save: "Salva la nuova password",
    saveByPasskey: "Salva con la passkey",
    useCode: "Usa invece un codice",
  },
  recoverAccount: {
    title: "Recupera il tuo account",
    intro: (email) =>
      `A chi gestisce questo sito è stato chiesto di farti rientrare nell’account con l’indirizzo ${email}, perché non puoi più usare il secondo passaggio.`,
    wait: (date) =>
      `Il link che hai ricevuto funzionerà a partire dal ${date}. Fino ad allora non cambia nulla e chi possiede l’account ha il tempo di fermare tutto.`,
    choose: "Scegli una nuova password",
    stopIntro:
      "Non l’hai chiesto tu, oppure hai ritrovato il telefono o i codici di recupero? Allora ferma il recupero: l’account resta com’è.",
    stop: "Ferma il recupero",
  },
  deadLink: {
    title: "Questo link non vale più",
    body:
      "Potrebbe essere già stato usato, essere scaduto o essere stato sostituito da uno più recente. Se ti serve ancora, chiedi un’altra email.",
    askAgain: "Chiedi un’altra email",
  },
  login: {
    suspension: {
      suspended: "Il tuo account è sospeso",
      reasonLabel: "Un amministratore l’ha sospeso per questo motivo:",
      whatNow: "Se hai domande, scrivi a chi gestisce questo sito.",
    },
    title: "Accedi",
    submit: "Accedi",
    noAccount: "Non hai ancora un account?",
    refused: "Indirizzo email o password non corretti.",
    forgotPassword: "Hai dimenticato la password?",
    passkeyProblems: {
      refused: "Questa passkey non apre nessun account qui. Accedi in un altro modo.",
      too_late: "È passato troppo tempo. Riprova con la passkey.",
    },
  },
  passkey: {
    logIn: "Accedi con una passkey",
    cancelled: {
      create: "Non è stata creata nessuna passkey. Puoi riprovare quando vuoi.",
      get: "Non è stata usata nessuna passkey. Riprova o accedi in un altro modo.",
    },
    offer: "Aggiungi una passkey",
    notNow: "Non ora",
    exists: "Questo dispositivo ha già una passkey per il tuo account.",
    failed: "Non ha funzionato. Riprova tra poco.",
  },
  passkeys: {
    title: "Passkey",
    linkHint: "Accedi con l’impronta, il volto o il blocco schermo.",
    intro:
      "Con una passkey accedi come sblocchi il dispositivo: con l’impronta, il volto o il PIN. Non c’è nulla da ricordare e nulla che un sito falso possa rubare.",
    unavailable: "Questo browser non può creare passkey, oppure gli script sono disattivati.",
    add: "Aggiungi una passkey",
    instead: "Oppure aggiungi una passkey",
    addAnother: "Aggiungi un’altra passkey",
    added: "Aggiunta",
    lastUsed: "Ultimo uso",
    never: "Mai usata",
    rename: "Rinomina",
    renameLabel: (name) => `Rinomina ${name}`,
    save: "Salva il nome",
    remove: "Rimuovi",
    removeLabel: (name) => `Rimuovi ${name}`,
    removeIntro:
      "Non potrai più usarla per accedere, e tutti gli altri browser verranno disconnessi.",
    removeSubmit: "Rimuovi questa passkey",
    problems: {
      malformed:
        "La risposta del browser è arrivata incompleta e non è stato aggiunto nulla. Riprova.",
      challenge: "È passato troppo tempo e non è stato aggiunto nulla. Riprova.",
      invalid:
        "Non abbiamo potuto verificare questa passkey e non è stato aggiunto nulla. Deve chiederti l’impronta, il volto o il PIN.",
      taken: "Questa passkey appartiene già a un account, quindi non è stato aggiunto nulla.",
      too_many: "Hai 20 passkey, il massimo che possiamo conservare. Prima rimuovine una.",
      last_way_in:
        "Questa passkey è l’unico modo per accedere al tuo account, quindi non è stata rimossa. Prima aggiungine un’altra o una password.",
      gone: "Quella passkey non è più nel tuo account. Ecco l’elenco aggiornato.",
    },
  },
  identities: {
    title: "Account collegati",
    linkHint: "Accedi con un account di un altro servizio.",
    intro:
      "Puoi accedere con un account di un altro servizio. Non vediamo mai la sua password e non possiamo agire al posto tuo.",
    none: "Non hai collegato altri account e al momento non ce ne sono da collegare.",
    linkTitle: "Collega un account",
    link: (provider) => `Collega ${provider}`,
    address: "Indirizzo",
    linkedSince: "Collegato",
    lastUsed: "Ultimo uso",
    never: "Mai usato",
    unlink: "Scollega",
    unlinkLabel: (provider) => `Scollega ${provider}`,
    unlinkIntro: (provider) =>
      `Non potrai più accedere con ${provider}, e tutti gli altri browser verranno disconnessi.`,
    unlinkSubmit: "Scollega questo account",
    lastWayIn:
      "Questo è l’unico modo per accedere al tuo account, quindi non è stato scollegato. Prima aggiungi una passkey o una password.",
    setPassword: "Imposta una password",
  },
  loginLink: {
    instead: "Accedi con un link via email",
    title: "Accedi con un link",
    intro: "Senza password: ti inviamo un link via email. Funziona una sola volta, per 10 minuti.",
    submit: "Inviami un link",
    password: "Accedi con la password",
    sentTitle: "Controlla la posta",
    sentIntro:
      "Se a questo indirizzo corrisponde un account, ti abbiamo inviato un link. Aprilo in questo browser per accedere.",
    codeIntro: "Leggi la posta su un altro dispositivo? Apri lì il link e inserisci questo codice:",
    codeLabel: "Il tuo codice",
    resumeIntro: "Quando il codice è stato accettato, torna qui.",
    resume: "Continua",
    notConfirmed: "Il codice non è ancora stato inserito. Apri prima il link nell’email.",
    again: "Non è arrivata? Chiedi un’altra email",
    confirmTitle: "Accedi",
    confirmIntro: "Hai chiesto questo link in questo browser. Continua per accedere.",
    enterTitle: "Consenti un accesso",
    enterIntro:
      "Hai aperto questo link in un browser diverso da quello in cui è stato chiesto. Per accedere da quel browser, inserisci il codice che vi compare.",
    enterWarning:
      "Il codice te l’ha dato qualcun altro? Non inserirlo: lo faresti entrare nel tuo account.",
    confirm: "Accedi",
    allow: "Consenti l’accesso",
    refused: "Codice errato. Dopo cinque codici errati il link non vale più.",
  },
  providers: {
    or: "oppure",
    continueWith: (provider) => `Continua con ${provider}`,
    signInWith: (provider) => `Accedi con ${provider}`,
    lastUsed: "Usato l’ultima volta",
  },
  loginWith: {
    purposes: {
      login: {
        title: (provider) => `Continua con ${provider}`,
        intro: (provider, host) =>
          `Accederai su ${host} e poi tornerai qui. Da ${provider} riceveremo il tuo nome e il tuo indirizzo email, mai la password.`,
        back: "Accedi in un altro modo",
      },
      link: {
        title: (provider) => `Collega il tuo account ${provider}`,
        intro: (provider, host) =>
          `Accederai su ${host} e poi tornerai qui. Da quel momento potrai usare anche quell’account per accedere. Da ${provider} riceveremo il tuo nome e il tuo indirizzo email, mai la password.`,
        back: "Torna agli account collegati",
      },
      reauthenticate: {
        title: (provider) => `Conferma la tua identità con ${provider}`,
        intro: (provider, host) =>
          `Accedi di nuovo su ${host}, anche se lì hai già effettuato l’accesso, e poi torna qui. Così ${provider} ci conferma che sei ancora tu.`,
        back: "Conferma in un altro modo",
      },
    },
    submit: (provider) => `Prosegui su ${provider}`,
    again: "Ricomincia",
    detailLabel: (provider) => `Risposta di ${provider}:`,
    problems: {
      unreachable: {
        title: (provider) => `${provider} non è raggiungibile`,
        body: (provider) =>
          `Al momento ${provider} non risponde, o risponde in un modo che non comprendiamo. Riprova tra un po’ o scegli un altro modo.`,
      },
      too_slow: {
        title: (provider) => `${provider} non ha risposto in tempo`,
        body: () =>
          "Abbiamo atteso, ma la risposta non è arrivata. Riprova tra un po’ o scegli un altro modo.",
      },
      denied: {
        title: () => "Accesso non autorizzato",
        body: (provider) =>
          `L’autorizzazione è stata negata, da te o da ${provider}, quindi qui non è cambiato nulla. Puoi ricominciare o scegliere un altro modo.`,
      },
      refused: {
        title: () => "Risposta non valida",
        body: (provider) =>
          `La risposta di ${provider} non corrisponde a quello che avevamo chiesto, quindi non l’abbiamo accettata. Ricomincia o scegli un altro modo.`,
      },
      ended: {
        title: () => "Devi ricominciare",
        body: (provider) =>
          `Questa risposta di ${provider} è già stata usata, è arrivata troppo tardi o appartiene a un altro browser. Non è cambiato nulla: ricomincia da questo browser.`,
      },
      not_anew: {
        title: () => "Identità non confermata",
        body: (provider) =>
          `Abbiamo chiesto a ${provider} di farti accedere di nuovo, ma non ci ha confermato che l’hai fatto. Esci prima da ${provider} e ricomincia, oppure conferma la tua identità in un altro modo.`,
      },
      other_identity: {
        title: () => "È un altro account",
        body: (provider) =>
          `L’account ${provider} che hai scelto non è collegato al tuo account su questo sito. Ricomincia con quello collegato.`,
      },
      suspended: {
        title: () => "Accesso non riuscito",
        body: (provider) =>
          `Con questo account ${provider} non puoi accedere a questo sito. Accedi in un altro modo.`,
      },
      taken: {
        title: () => "Questo account è già collegato",
        body: (provider) =>
          `Questo account ${provider} è già collegato a un altro account di questo sito, quindi non puoi collegarlo al tuo. Accedi all’altro account per scollegarlo, oppure scegline uno diverso.`,
      },
      issuer_taken: {
        title: (provider) => `Hai già collegato un account ${provider}`,
        body: (provider) =>
          `Al tuo account è già collegato un altro account ${provider}. Se vuoi usare questo, prima scollega l’altro.`,
      },
      too_many: {
        title: () => "Hai già collegato 20 account",
        body: (provider) =>
          `È il massimo per un account di questo sito. Se vuoi collegare questo account ${provider}, prima scollegane un altro.`,
      },
      session_ended: {
        title: () => "Il tuo accesso è cambiato",
        body: (provider) =>
          `Mentre eri su ${provider}, in questo browser la tua sessione è terminata o è stato usato un altro account, quindi non è cambiato nulla. Accedi e ricomincia.`,
      },
    },
  },
  confirmIdentity: {
    situations: {
      new: "Crea il tuo account",
      taken: "Hai già un account",
      unconfirmed: "Questo indirizzo è già in uso",
      link: "Vuoi collegare questo account?",
      switch: "Vuoi cambiare account?",
    },
    account: (provider) => `Il tuo account ${provider}`,
    nameless: "Senza nome né indirizzo",
    create: "Crea l’account",
    newIntro: (provider) =>
      `Non è ancora collegato a nessun account di questo sito. Possiamo crearne uno adesso: accederai con ${provider}.`,
    verifiedBy: (provider) => `Confermato da ${provider}.`,
    emailHint: "Ti invieremo un’email con un link per confermare che è tuo.",
    takenIntro: (provider, email) =>
      `Su questo sito esiste già un account con l’indirizzo ${email}. Accedi una volta come fai di solito: poi potrai collegare i due account e da quel momento accedere con ${provider}.`,
    logIn: "Accedi per collegarlo",
    unconfirmedIntro: (email) =>
      `Su questo sito esiste già un account con l’indirizzo ${email}, ma nessuno ha mai confermato che l’indirizzo sia suo. Se l’account è tuo, accedi: poi potrai collegare i due account senza perdere nulla.`,
    replace: "Crea invece un nuovo account",
    replaceIntro:
      "Se l’account non è tuo, puoi crearne uno nuovo con questo indirizzo. L’altro verrà eliminato con tutto il suo contenuto. L’operazione è irreversibile.",
    replaceSubmit: "Elimina l’altro e crea il mio",
    linkIntro: (provider, email) =>
      `Stai usando l’account ${email}. Se colleghi i due account, d’ora in poi potrai accedere a questo anche con ${provider}.`,
    link: "Collega al mio account",
    separate: "Crea invece un account separato",
    separateIntro: (email) =>
      `Uscirai dall’account ${email} ed entrerai in quello nuovo. I due account resteranno indipendenti.`,
    switchIntro: (provider, email) =>
      `Stai usando l’account ${email}, ma questo account ${provider} è collegato a un altro. Vuoi uscire e continuare con quello?`,
    switchSubmit: "Passa a quell’account",
    cancel: "Annulla",
  },
  logout: {
    title: "Esci",
    question: "Vuoi uscire dal tuo account su questo browser?",
    submit: "Esci",
    notLoggedIn: "Non hai effettuato l’accesso.",
  },
  profile: {
    title: "Profilo",
    linkHint: "Il tuo nome e l’indirizzo con cui accedi.",
    memberSince: "Data di iscrizione",
    submit: "Salva il nome",
  },
  email: {
    title: "Cambia l’indirizzo email",
    navLabel: "Indirizzo email",
    linkHint: "È quello con cui accedi e a cui ti scriviamo.",
    current: "Indirizzo attuale",
    confirmed: "Confermato",
    confirm: "Conferma questo indirizzo",
    intro:
      "Invieremo un’email con un link al nuovo indirizzo. Finché non lo apri e confermi, non cambia nulla.",
    newEmail: "Nuovo indirizzo email",
    submit: "Invia il link",
    taken:
      "Nel frattempo questo indirizzo è stato preso da un altro account: il tuo non è cambiato.",
    confirmTitle: "Conferma il nuovo indirizzo",
    confirmIntro: (newEmail) =>
      `D’ora in poi accederai con ${newEmail}. Tutti gli altri browser verranno disconnessi.`,
    confirmSubmit: "Usa questo indirizzo",
  },
  notices: {
    title: "Avvisi via email",
    navLabel: "Avvisi",
    linkHint: "Scegli che cosa ti segnaliamo via email.",
    unconfirmed:
      "Finché non confermi il tuo indirizzo, non possiamo inviarti nessuno di questi avvisi.",
    newBrowser: "Avvisami quando qualcuno accede al mio account da un nuovo browser",
    others:
      "Ti avvisiamo sempre quando cambiano la password, l’indirizzo o il secondo passaggio, quando viene usato un codice di recupero, quando qualcuno accede dopo diverse password sbagliate, quando qualcuno potrebbe aver copiato il tuo accesso e quando l’account viene eliminato. Queste email proteggono il tuo account e non si possono disattivare.",
    submit: "Salva",
  },
  undo: {
    intro: "Se non l’hai fatto tu, riprenditi il tuo account. Questo pulsante:",
    effects: (email) => [
      "disconnette tutti i browser, anche questo",
      "blocca l’eventuale password, così nessuno può usarla per accedere",
      `ridà all’account l’indirizzo ${email}, se è stato cambiato`,
      `invia a ${email} un link per scegliere una nuova password`,
    ],
    removed: {
      factor: "rimuove il secondo passaggio che è stato aggiunto",
      identity:
        "scollega l’altro account che è stato collegato, così nessuno può usarlo per accedere",
    },
    after: "Se invece era tutto a posto, chiudi questa pagina.",
  },

  secondFactor: {
    title: "Ancora un passaggio",
    submit: "Continua",
    otherWay: "Usa un codice di recupero",
    startAgain: "Ricomincia l’accesso",
    allLost: "Se non hai più niente di tutto questo, chiedi aiuto a chi gestisce il sito.",
    passkey: {
      intro: "Conferma con l’impronta, il volto o il blocco schermo.",
      submit: "Usa la passkey",
      wrong: "Questa passkey non ha funzionato. Riprova o usa un altro modo.",
      unavailable:
        "In questo browser non puoi usare la passkey, oppure gli script sono disattivati.",
    },
    totp: {
      label: "Codice dell’app",
      intro:
        "Apri l’app sul telefono che genera i codici per questo sito e inserisci le sei cifre.",
      wrong:
        "Codice non corretto. Inserisci quello che l’app mostra adesso: ogni codice vale una volta sola. Se non funziona ancora, controlla che l’ora del telefono sia impostata in automatico.",
    },
    recovery_code: {
      label: "Codice di recupero",
      intro: "Inserisci uno dei codici che hai salvato. Ognuno vale una volta sola.",
      wrong: "Codice non corretto o già usato. Prova con un altro codice della tua lista.",
    },
    eitherHint:
      "Dell’app, oppure uno dei codici di recupero. Il link ricevuto via email non basta, perché il tuo account è protetto da un secondo passaggio.",
    recoveryHint:
      "Uno di quelli che hai salvato. Il link ricevuto via email non basta, perché il tuo account è protetto da un secondo passaggio.",
  },
  reauthenticate: {
    title: "Conferma la tua identità",
    intro: (email) => `Prima di continuare, inserisci di nuovo la password di ${email}.`,
    submit: "Continua",
    refused: "Password non corretta.",
    byProvider: "Prima di continuare, accedi di nuovo con l’altro account che usi.",
    setPassword: "Imposta invece una password",
    noOtherWay:
      "Se dopo non riusciamo ancora a capire che sei tu, chiedi aiuto a chi gestisce questo sito: non hai una password che potremmo chiederti al suo posto.",
    noWay:
      "Non hai una password, e l’account con cui accedi non può dirci quando hai effettuato l’ultimo accesso: uscire e rientrare non serve. Imposta una password, così potrai confermare la tua identità.",
    noWayWithoutMail:
      "Non hai una password, e l’account con cui accedi non può dirci quando hai effettuato l’ultimo accesso: uscire e rientrare non serve. Chiedi aiuto a chi gestisce questo sito.",
  },
  finish: {
    title: "Completa l’operazione",
    intro:
      "Avevi iniziato questa operazione prima di confermare la tua identità. Finora non è cambiato nulla. Vuoi procedere?",
    actions: {
      "/account/export": "Scaricare i tuoi dati",
      "/account/delete": "Elimina il tuo account. L’operazione è irreversibile",
      "/account/email": "Cambia il tuo indirizzo email",
      "/account/totp": "Configura un’app di autenticazione",
      "/account/totp/remove": "Rimuovi la tua app di autenticazione",
      "/account/recovery-codes": "Crea nuovi codici di recupero e annulla quelli vecchi",
      "/account/passkeys": "Aggiungi una passkey",
      "/account/passkeys/:id/rename": "Rinomina una passkey",
      "/account/passkeys/:id/remove": "Rimuovi una passkey",
      "/admin/invite": "Diventare amministratore",
      "/account/api-tokens": "Crea un token API",
      "/account/api-tokens/:id/revoke": "Revoca un token API",
      "/admin/users/:id/suspend": "Sospendere un account",
      "/admin/users/:id/reactivate": "Riattivare un account",
      "/admin/users/:id/end-sessions": "Disconnettere una persona ovunque",
      "/admin/users/:id/reset-password": "Inviare a una persona un link per una nuova password",
      "/admin/users/:id/role": "Cambiare i ruoli di una persona",
      "/admin/users/:id/delete": "Eliminare l’account di una persona",
      "/admin/users/:id/view-as": "Vedere un account come la sua persona",
      "/account/identities/:provider/unlink": "Scollega un account con cui accedi",
    },
    submit: "Procedi",
    decline: "Non procedere",
  },
  account: {
    title: "Account",
    heading: "Il tuo account",
    overview: "Panoramica",
    protection: {
      complete: "Il tuo account è ben protetto",
      improvable: "Il prossimo passo per proteggere il tuo account",
      steps: {
        repair_app: {
          body:
            "I codici della tua app di autenticazione non funzionano più. Scopri che cosa fare, per non restare fuori dal tuo account.",
          action: "Sistema l’app",
        },
        verify_email: {
          body:
            "Conferma il tuo indirizzo email: così potremo aiutarti se non riesci ad accedere e avvisarti se accede qualcun altro.",
          action: "Conferma il mio indirizzo",
        },
        add_factor: {
          body:
            "Aggiungi un secondo passaggio: così il primo da solo non basterà più per accedere. Bastano due minuti.",
          action: "Configura un’app",
        },
        renew_codes: {
          body:
            "Crea nuovi codici di recupero: ti servono per accedere se perdi il telefono o la passkey, e stanno per finire.",
          action: "Crea nuovi codici",
        },
      },
      email: "Indirizzo email",
      confirmed: "Confermato",
      unconfirmed: "Non ancora confermato",
      password: "Password",
      passwordSet: "Impostata",
      noPassword: "Nessuna, quindi nessuno può indovinarla",
      signInWith: "Accesso con",
      secondFactor: "Secondo passaggio",
      factors: { otp: "App di autenticazione", hwk: "Passkey" },
      brokenApp: "App di autenticazione (non funziona)",
      noFactor: "Nessuno",
      recoveryCodes: "Codici di recupero",
      codesLeft: (left) =>
        left === 0
          ? "Nessuno"
          : plural("it", left, { one: "Ne resta 1", other: `Ne restano ${left}` }),
      loggedIn: "Accessi attivi",
      browsers: (browsers) =>
        plural("it", browsers, {
          one: "Solo su questo browser",
          other: `Su ${browsers} browser`,
        }),
      previousLogin: "Accesso precedente",
      allActivity: "Tutta l’attività",
      lastLogin: "Ultimo accesso",
    },
  },
  sessions: {
    title: "Da dove hai effettuato l’accesso",
    navLabel: "Sessioni",
    count: (browsers) =>
      plural("it", browsers, {
        one: "Hai effettuato l’accesso solo da questo browser.",
        other:
          `Hai effettuato l’accesso da ${browsers} browser. Se non ne riconosci uno, disconnettilo e, se hai una password, cambiala.`,
      }),
    linkHint: "Controlla da quali browser hai effettuato l’accesso e disconnetti gli altri.",
    thisBrowser: "Questo browser",
    device: (browser, system) =>
      browser && system
        ? `${browser} su ${system}`
        : browser ?? system ?? "Dispositivo sconosciuto",
    loggedInAt: "Accesso",
    lastSeen: "Ultima attività",
    authenticatedWith: "Accesso con",
    network: "Da",
    rememberedBrowser: "Ricordami",
    methods: {
      pwd: "password",
      otp: "codice monouso",
      hwk: "passkey",
      fed: "un altro account",
      mail: "link via email",
      rc: "codice di recupero",
      mfa: "secondo passaggio presso il servizio esterno",
    },
    end: "Disconnetti",
    endLabel: (device) => `Disconnetti ${device}`,
    endOthers: "Disconnetti gli altri browser",
    gone: "Quel browser non è più connesso al tuo account. Ecco l’elenco aggiornato.",
  },
  password: {
    title: "Cambia la password",
    navLabel: "Password",
    linkHint: "Se la cambi, tutti gli altri browser vengono disconnessi.",
    submit: "Cambia la password",
    compromised:
      "Qualcun altro potrebbe conoscere la tua password o un altro modo per accedere al tuo account. Scegli una nuova password per continuare.",
    firstTitle: "Imposta una password",
    firstHint: "Con una password puoi accedere anche con il tuo indirizzo email.",
    none:
      "Non hai una password. Se ne imposti una, puoi accedere anche con il tuo indirizzo email e confermare la tua identità.",
    byMail: (email) =>
      `Invieremo un link a ${email}. Quando lo userai, tutti i browser verranno disconnessi: potrai poi accedere con la nuova password, oppure come prima.`,
    sendLink: "Inviami un link",
    confirmFirst:
      "Ti invieremo un link. Prima però conferma il tuo indirizzo email: il link inviato a un indirizzo non confermato scollegherebbe anche gli account collegati.",
    set: "Imposta la password",
  },
  totp: {
    title: "App di autenticazione",
    navLabel: "App di autenticazione",
    linkHint: "A ogni accesso chiede un codice del tuo telefono.",
    required: "Il tuo account ha bisogno di un secondo passaggio. Per continuare, configuralo.",
    intro:
      "Con un’app sul telefono, una password rubata non basta per entrare nel tuo account: chiediamo anche un codice che solo il tuo telefono mostra. Bastano due minuti.",
    steps: {
      get: "1. Procurati un’app",
      getBody:
        "Va bene qualsiasi app che genera codici monouso, come Google Authenticator, Microsoft Authenticator o il tuo gestore di password.",
      scan: "2. Inquadra questa immagine",
      scanBody: "Nell’app scegli di aggiungere un account e inquadra il codice QR.",
      enter: "3. Inserisci il codice",
      enterBody: "Ora l’app mostra sei cifre, che cambiano ogni 30 secondi.",
    },
    qrLabel: "Codice QR per la tua app. Se non puoi inquadrarlo, usa la chiave qui sotto.",
    sameDevice: "L’app è su questo dispositivo?",
    openApp: "Aprila da qui",
    typeKey: "Non puoi inquadrare il codice? Scrivi questa chiave nell’app. Vale per 10 minuti.",
    instead: "Oppure usa un’app di autenticazione",
    submit: "Attiva",
    on: "Attiva",
    off: "Disattivata",
    since: "Configurata il",
    active: "Quando accedi senza passkey, chiediamo anche un codice della tua app.",
    disabled:
      "Dopo troppi codici sbagliati, i codici di questa app non funzionano più. Se non sei stato tu, probabilmente qualcuno conosce la tua password o possiede un altro account collegato al tuo: cambia la prima o scollega il secondo. Poi rimuovi l’app e configurala di nuovo.",
    lost:
      "I codici di questa app non funzionano più, perché la nostra copia della chiave è danneggiata. Ci dispiace. Rimuovi l’app e configurala di nuovo.",
    removeTitle: "Rimuovi l’app",
    removeBody:
      "Se hai un nuovo telefono, rimuovi l’app qui e configurala di nuovo. Tutti gli altri browser verranno disconnessi. Se non hai anche una passkey, per accedere basterà il primo passaggio e i codici di recupero non varranno più.",
    remove: "Rimuovi l’app",
  },
  recoveryCodes: {
    title: "Codici di recupero",
    linkHint: "Ti fanno entrare quando non hai l’app o la passkey.",
    intro:
      "Se non puoi usare l’app o la passkey, un codice di recupero ne prende il posto. Ognuno vale una volta sola.",
    left: (codes) =>
      codes === 0 ? "Non hai più codici di recupero." : plural("it", codes, {
        one: "Ti resta un codice di recupero.",
        other: `Ti restano ${codes} codici di recupero.`,
      }),
    hidden: "Non possiamo mostrarteli di nuovo: non li conosciamo, possiamo solo verificarli.",
    replaceTitle: "Crea nuovi codici",
    replaceBody: "Ricevi dieci codici nuovi. Quelli vecchi smettono subito di funzionare.",
    replace: "Crea nuovi codici",
    newTitle: "Salva i codici di recupero",
    newIntro:
      "Se non puoi usare l’app o la passkey, ognuno di questi codici ne prende il posto una volta. Se perdi tutto, non puoi più accedere.",
    keep: "Stampali o conservali nel gestore di password. Te li mostriamo solo adesso.",
    listLabel: (site, email) => `${site}: codici di recupero per ${email}`,
    copy: "Copia",
    copied: "Copiato",
    print: "Stampa",
    download: "Scarica",
    fileName: "codici-di-recupero.txt",
    done: "Li ho salvati",
  },
  dataExport: {
    title: "I tuoi dati",
    navLabel: "I tuoi dati",
    linkHint: "Scarica in un file tutto ciò che sappiamo di te",
    intro:
      "Ricevi in un unico file JSON tutto ciò che questo sito sa di te: il tuo account, dove hai effettuato l’accesso, le tue passkey e che cosa è successo nel tuo account.",
    without:
      "Non contiene segreti, come password o chiavi. Ma dice molto di te: conservalo con cura.",
    submit: "Scarica i tuoi dati",
    too_often: "Hai creato 10 file nelle ultime 24 ore. Riprova domani.",
  },

  deletion: {
    title: "Elimina l’account",
    navLabel: "Elimina l’account",
    linkHint: "Elimina tutti i dati che conserviamo su di te. L’operazione è irreversibile.",
    last_admin: "Sei l’unico amministratore. Prima assegna questo ruolo a qualcun altro.",
    warning:
      "Il tuo account e tutto ciò che contiene vengono eliminati subito e tutti i tuoi browser vengono disconnessi. L’operazione è irreversibile.",
    confirm: (email) => `Per confermare, scrivi ${email}`,
    submit: "Elimina il mio account",
  },

  mail: {
    greeting: (name) => name === null ? "Ciao," : `Ciao ${name},`,
    automatic: (site) =>
      `Email inviata automaticamente da ${site}: non rispondere a questo messaggio.`,
    facts: {
      device: "Browser",
      network: "Rete",
      time: "Data e ora",
      newEmail: "Nuovo indirizzo",
      passkey: "Passkey",
      provider: "Account collegato",
      reason: "Motivo",
    },
    undo: "Non l’ho fatto io",
    ifYou: "Se l’hai fatto tu, non devi fare nulla.",
    ifNotYou:
      "Se non l’hai fatto tu, apri questo link entro 7 giorni e conferma. Disconnetteremo tutti i browser, bloccheremo l’eventuale password e ti invieremo via email un link per sceglierne una nuova. Se non fai nulla, chi è entrato potrebbe continuare a usare il tuo account.",
    securityReason:
      "Ricevi questa email perché riguarda la sicurezza del tuo account. Non si può disattivare.",

    verifyEmail: {
      subject: "Conferma il tuo indirizzo email",
      event: (site) =>
        `Qualcuno, probabilmente tu, ha inserito questo indirizzo email per un account su ${site}.`,
      action:
        "Se l’hai fatto tu, conferma l’indirizzo con questo link. Funziona una sola volta, per 24 ore.",
      label: "Conferma l’indirizzo",
      otherwise:
        "Se non fai nulla, l’indirizzo resta da confermare. Un account nuovo viene eliminato dopo 7 giorni.",
      ifNotYou:
        "Se non l’hai fatto tu, non devi fare nulla. Per eliminare subito l’account, apri il link e indica che non hai creato tu l’account.",
    },
    alreadyRegistered: {
      subject: "Hai già un account",
      event: (site) =>
        `Qualcuno, probabilmente tu, ha inserito questo indirizzo email per un account su ${site}. Ma con questo indirizzo esiste già un account.`,
      ifYou:
        "Se l’hai fatto tu, accedi a quell’account. Se non ci riesci, scegli una nuova password.",
      logIn: "Accedi",
      resetPassword: "Scegli una nuova password",
      ifNotYou:
        "Se non l’hai fatto tu, non devi fare nulla. Non è cambiato niente e non abbiamo detto a nessuno che hai un account.",
    },
    resetPassword: {
      subject: "Scegli una nuova password",
      event: (site) =>
        `Qualcuno, probabilmente tu, ha chiesto una nuova password per l’account su ${site} con questo indirizzo email.`,
      byAdministrator: (site) =>
        `Un amministratore di ${site} ti chiede di scegliere una nuova password per il tuo account.`,
      action: "Se l’hai fatto tu, sceglila con questo link. Funziona una sola volta, per 1 ora.",
      actionAsked: "Sceglila con questo link. Funziona una sola volta, per 1 ora.",
      label: "Scegli una nuova password",
      otherwise:
        "Poi tutti i tuoi browser verranno disconnessi e potrai accedere con la nuova password. Se non fai nulla, non cambia nulla.",
      ifNotYou:
        "Se non l’hai fatto tu, non devi fare nulla. Non dare questo link a nessuno: chi ce l’ha può scegliere la password del tuo account.",
      keepIt:
        "Non dare questo link a nessuno: chi ce l’ha può scegliere la password del tuo account. Chi gestisce il sito non ha bisogno né del link né della tua password.",
    },
    recoverAccount: {
      subject: "Recupero del tuo account",
      event: (site) =>
        `Qualcuno, probabilmente tu, ha chiesto a chi gestisce ${site} di aprire il tuo account senza il secondo passaggio.`,
      action: (date) =>
        `Questo link funziona a partire dal ${date}, una volta sola e per 2 giorni. Con il link scegli una nuova password. Da quel momento potrai accedere solo con la password: il secondo passaggio e ogni altro modo di accedere vengono rimossi.`,
      label: "Recupera il mio account",
      otherwise: "Se non fai nulla, il tuo account resta com’è.",
      ifNotYou:
        "Se non l’hai fatto tu, apri subito il link e ferma il recupero. Qualcuno potrebbe cercare di entrare nel tuo account.",
    },
    changeEmail: {
      subject: "Conferma il tuo nuovo indirizzo email",
      event: (site) =>
        `Qualcuno, probabilmente tu, vuole usare questo indirizzo email per il proprio account su ${site}.`,
      action:
        "Se l’hai fatto tu, accedi e conferma l’indirizzo con questo link. Funziona una sola volta, per 24 ore.",
      label: "Conferma il nuovo indirizzo",
      otherwise: "Se non fai nulla, l’account mantiene il vecchio indirizzo.",
      ifNotYou:
        "Se non l’hai fatto tu, non devi fare nulla: senza questo link nessuno può usare il tuo indirizzo.",
    },
    loginLink: {
      subject: "Il tuo link per accedere",
      event: (site) =>
        `Qualcuno, probabilmente tu, ha chiesto un link per accedere all’account su ${site} con questo indirizzo email.`,
      action:
        "Se l’hai fatto tu, apri questo link nel browser da cui l’hai chiesto. In un altro browser ti servirà il codice mostrato in quello da cui l’hai chiesto. Il link funziona una sola volta, per 10 minuti.",
      label: "Accedi",
      otherwise: "Se non fai nulla, non succede niente.",
      ifNotYou:
        "Se non l’hai fatto tu, non devi fare nulla. Non inserire codici che ti dà qualcun altro: lo faresti entrare.",
    },

    newBrowser: {
      subject: "Nuovo accesso al tuo account",
      event: (site) =>
        `Qualcuno ha effettuato l’accesso al tuo account su ${site} da un browser mai usato prima.`,
      ifYou: "Se l’hai fatto tu, non devi fare nulla.",
      reason: "Puoi disattivare le email sui nuovi browser dal tuo account.",
    },
    loginAfterFailures: {
      subject: "Accesso dopo tentativi falliti",
      event: (site, failures) =>
        plural("it", failures, {
          one:
            `Qualcuno ha effettuato l’accesso al tuo account su ${site} dopo un tentativo fallito.`,
          other:
            `Qualcuno ha effettuato l’accesso al tuo account su ${site} dopo ${failures} tentativi falliti.`,
        }),
      ifYou:
        "Se hai fatto tutto tu, non devi fare nulla. Se riconosci solo l’accesso, qualcun altro ha cercato di entrare: una password lunga e un secondo passaggio lo tengono fuori.",
    },
    secondFactorFailed: {
      subject: "Accesso fallito al secondo passaggio",
      event: (site) =>
        `Qualcuno ha iniziato ad accedere al tuo account su ${site} con la tua password, con un link ricevuto via email o con un account collegato. Poi il secondo passaggio è fallito, quindi non è entrato.`,
      ifYou: "Se sei stato tu, ti basta accedere di nuovo.",
    },
    recoveryCodeUsed: {
      subject: "È stato usato un codice di recupero",
      event: (site, left) =>
        left === 0
          ? `Qualcuno ha usato l’ultimo codice di recupero del tuo account su ${site}.`
          : plural("it", left, {
            one:
              `Qualcuno ha usato uno dei codici di recupero del tuo account su ${site}. Ne resta uno.`,
            other:
              `Qualcuno ha usato uno dei codici di recupero del tuo account su ${site}. Ne restano ${left}.`,
          }),
      ifYou: "Se l’hai usato tu, crea nuovi codici nel tuo account prima che finiscano.",
    },
    totpDisabled: {
      subject: "I codici della tua app non sono più accettati",
      event: (site) =>
        `Dopo 100 codici sbagliati di fila, il tuo account su ${site} non accetta più i codici dell’app sul telefono. Gli altri modi per confermare la tua identità funzionano ancora.`,
      ifYou:
        "Se sei stato tu, accedi con una passkey o con un codice di recupero. Poi rimuovi l’app dal tuo account e configurala di nuovo.",
    },
    passkeyAdded: {
      subject: "È stata aggiunta una passkey al tuo account",
      event: (site) =>
        `Il tuo account su ${site} ha una nuova passkey. Chi la possiede può usarla per accedere.`,
    },
    passkeyRemoved: {
      subject: "È stata rimossa una passkey dal tuo account",
      event: (site) =>
        `Una passkey del tuo account su ${site} è stata rimossa. Non permette più di accedere.`,
    },
    identityLinked: {
      subject: "Un altro account è stato collegato al tuo",
      event: (site, provider) =>
        `Un account ${provider} è stato collegato al tuo account su ${site}. Chi lo possiede può usarlo per accedere.`,
      ifNotYou:
        "Se non l’hai fatto tu, apri questo link entro 7 giorni e conferma. Scollegheremo quell’account, disconnetteremo tutti i browser, bloccheremo l’eventuale password e ti invieremo via email un link per sceglierne una nuova. Se non fai nulla, chi è entrato potrebbe continuare a usare il tuo account.",
    },
    identityUnlinked: {
      subject: "Un account è stato scollegato dal tuo",
      event: (site, provider) =>
        `L’account ${provider} non è più collegato al tuo account su ${site}. Non permette più di accedere.`,
    },
    passwordChanged: {
      subject: "La tua password è stata cambiata",
      event: (site) => `La password del tuo account su ${site} è stata cambiata.`,
    },
    emailChanged: {
      subject: "Il tuo indirizzo email è stato cambiato",
      event: (site) =>
        `Il tuo account su ${site} ora ha un altro indirizzo email. Con questo non puoi più accedere.`,
      ifNotYou:
        "Se non l’hai fatto tu, apri questo link entro 7 giorni e conferma. Il tuo account riavrà questo indirizzo. Disconnetteremo tutti i browser, bloccheremo l’eventuale password e ti invieremo via email un link per sceglierne una nuova. Se non fai nulla, l’account mantiene il nuovo indirizzo.",
    },
    secondFactorAdded: {
      subject: "Un nuovo secondo passaggio nel tuo account",
      event: (site) =>
        `Al tuo account su ${site} è stato aggiunto un modo per confermare gli accessi. D’ora in poi potremmo chiedertelo quando accedi.`,
      factor: "Aggiunto",
    },
    secondFactorRemoved: {
      subject: "Un secondo passaggio è stato rimosso",
      event: (site) =>
        `Dal tuo account su ${site} è stato rimosso un modo per confermare gli accessi.`,
      factor: "Rimosso",
    },
    recoveryCodesReplaced: {
      subject: "Hai nuovi codici di recupero",
      event: (site) =>
        `Sono stati creati nuovi codici di recupero per il tuo account su ${site}. Quelli vecchi non funzionano più.`,
    },
    accountDeleted: {
      subject: "Il tuo account è stato eliminato",
      event: (site) =>
        `Il tuo account su ${site} è stato eliminato, con tutti i dati che conservavamo su di te. L’operazione è irreversibile.`,
      ifYou: "Se l’hai fatto tu, non devi fare nulla. Non ti scriveremo più.",
      ifNotYou:
        "Se non l’hai fatto tu, qualcun altro è riuscito ad accedere al tuo account. Se aveva una password che usi anche altrove, cambiala.",
    },
    administered: {
      subjects: {
        suspended: "Il tuo account è stato sospeso",
        reactivated: "Il tuo account è stato riattivato",
        sessions_ended: "Sei stato disconnesso ovunque",
        role_changed: "I tuoi ruoli sono cambiati",
        viewed_as: "Un amministratore sta guardando il tuo account",
        deleted: "Il tuo account è stato eliminato",
      },
      events: {
        suspended: (site) =>
          `Un amministratore di ${site} ha sospeso il tuo account. Sei stato disconnesso ovunque e per il momento non puoi accedere.`,
        reactivated: (site) =>
          `Un amministratore di ${site} ha riattivato il tuo account. Puoi accedere di nuovo.`,
        sessions_ended: (site) =>
          `Un amministratore di ${site} ti ha disconnesso ovunque. Puoi accedere di nuovo.`,
        role_changed: (site) => `Un amministratore di ${site} ha cambiato che cosa puoi fare lì.`,
        deleted: (site) =>
          `Un amministratore di ${site} ha eliminato il tuo account, con tutti i dati che conservavamo su di te. L’operazione è irreversibile.`,
        viewed_as: (site) =>
          `Un amministratore di ${site} sta guardando il tuo account come lo vedi tu, per 15 minuti al massimo, senza poter modificare nulla.`,
      },
      ifQuestions: "Se hai domande, scrivi a chi gestisce il sito.",
    },
    rememberReused: {
      subject: "Forse qualcuno ha copiato il tuo accesso",
      event: (site) =>
        `Qualcuno ha provato ad aprire il tuo account su ${site} con una vecchia copia del cookie “Ricordami” di uno dei tuoi browser. L’abbiamo rifiutata e abbiamo disconnesso quel browser.`,
      ifYou:
        "Se hai appena ripristinato un browser o un computer da un backup, probabilmente l’hai fatto tu. Ti basta accedere di nuovo.",
    },
  },

  problemCount: (problems) =>
    plural("it", problems, {
      one: "C’è una cosa da correggere",
      other: `Ci sono ${problems} cose da correggere`,
    }),
  problems: {
    reason_too_long: "Usa al massimo 500 caratteri.",
    scope_missing: "Scegli almeno una voce.",
    days_invalid: "Inserisci un numero intero da 1 a 365.",
    missing: "Compila questo campo.",
    once: "Compila questo campo una volta sola.",
    name_too_long: "Usa al massimo 80 caratteri.",
    name_unprintable: "Usa solo lettere, cifre e punteggiatura comune.",
    totp_incomplete: "Inserisci tutte le sei cifre del codice.",
    recovery_code_incomplete:
      "Un codice di recupero ha 16 tra lettere e cifre. Non contiene 0, 1, 8 o 9: sono una O, I, B o G.",
    code_wrong:
      "Codice non corretto o già usato. Inserisci quello che l’app mostra adesso o un altro codice di recupero.",
    code_invalid: "Inserisci tutte le otto cifre del codice.",
    totp_wrong:
      "Codice non corretto. Inserisci quello che l’app mostra adesso. Se non funziona ancora, imposta in automatico l’ora del telefono: i codici dipendono da quella.",
    totp_unreadable:
      "Al momento non possiamo verificare i codici dell’app. Usa un codice di recupero oppure, se ne hai una, la tua passkey.",
    totp_key_ended:
      "Sono passati più di 10 minuti, quindi ecco una nuova immagine. Elimina dall’app la voce che hai creato e inquadra di nuovo il codice.",
    email_invalid: "Inserisci un indirizzo email, per esempio anna@example.com.",
    email_unchanged: "È già il tuo indirizzo. Inseriscine un altro.",
    email_differs: "Non è l’indirizzo del tuo account.",
    email_taken: "Esiste già un account con questo indirizzo.",
    password_too_short: "È troppo corta. Allungala, per esempio con qualche parola in più.",
    password_unchanged: "È già la tua password. Scegline un’altra.",
    password_wrong: "Non è la tua password attuale.",
    password_personal:
      "Contiene il tuo nome, il tuo indirizzo o il nome di questo sito: sono le prime cose che si provano. Usa altre parole.",
    password_common:
      "Questa password è nota da altri siti e i malintenzionati la provano tra le prime. Scegline un’altra.",
    password_too_long: "È troppo lunga. Usa al massimo 256 caratteri.",
  },

  flash: {
    now_admin: "Ora sei un amministratore.",
    view_ended: "Ora vedi di nuovo il tuo account.",
    user_suspended: "L’account è sospeso e la persona è stata disconnessa ovunque.",
    user_reactivated: "L’account è di nuovo attivo.",
    user_sessions_ended: "La persona è stata disconnessa ovunque.",
    user_reset_started: "L’email con il link è in arrivo.",
    user_roles_changed: "I ruoli sono stati modificati.",
    user_deleted: "L’account è stato eliminato.",
    registration_sent:
      "Controlla la posta: all’indirizzo con cui hai creato l’account abbiamo inviato un link, a meno che non abbia ricevuto troppe nostre email di recente. Aprilo per continuare: vale 24 ore. Se tra qualche minuto non arriva nulla, guarda anche nella posta indesiderata.",
    verify_first: "Prima conferma il tuo indirizzo email: ti abbiamo inviato un link.",
    verify_first_by_older_mail:
      "Prima conferma il tuo indirizzo email con il link dell’ultima email che ti abbiamo inviato. Te ne abbiamo già mandate diverse: per riceverne un’altra devi aspettare un po’.",
    verification_sent:
      "Se questo indirizzo ha un account ancora da confermare, gli abbiamo inviato un’email, a meno che non ne abbia ricevute troppe di recente.",
    email_verified: "Il tuo indirizzo email è confermato.",
    login_confirmed: "Fatto. Ora torna al browser da cui hai chiesto il link e continua da lì.",
    registration_removed: "L’account è stato eliminato. Nessuno può più usarlo.",
    reset_sent:
      "Se questo indirizzo ha un account, gli abbiamo inviato un’email con un link, che vale un’ora. Se tra qualche minuto non arriva nulla, guarda anche nella posta indesiderata.",
    recovery_stopped: "Il recupero è stato fermato. L’account resta com’è.",
    password_reset: "La nuova password è stata salvata. Ora puoi usarla per accedere.",
    confirmed_by_login:
      "Il tuo indirizzo è confermato. Finora nessuno l’aveva fatto, quindi scegli subito una nuova password: ti invieremo un link.",
    password_compromised:
      "Qualcun altro potrebbe conoscere la tua password o un altro modo per accedere al tuo account. Scegli una nuova password per continuare: ti invieremo un link.",
    second_factor_ended: "È passato troppo tempo o qualcosa è cambiato. Accedi di nuovo.",
    recovery_code_used: (left) =>
      left === 0
        ? "Hai usato l’ultimo codice di recupero. Creane subito di nuovi."
        : plural("it", left, {
          one: "Hai usato un codice di recupero. Ne resta uno: creane presto di nuovi.",
          other: `Hai usato un codice di recupero. Ne restano ${left}.`,
        }),
    log_in_first: "Accedi per vedere questa pagina.",
    logged_in: "Accesso effettuato.",
    switched: "Ora su questo browser stai usando un altro account.",
    logged_out: "Disconnessione effettuata.",
    registered: "Ti diamo il benvenuto! Il tuo account è pronto.",
    name_saved: "Il nome è stato salvato.",
    identity_linked: "L’account è collegato. D’ora in poi puoi usarlo per accedere.",
    identity_unlinked:
      "L’account è stato scollegato e tutti gli altri browser sono stati disconnessi.",
    question_changed:
      "Nel frattempo hai effettuato l’accesso in un’altra scheda: ora questa pagina riguarda un altro account. Controlla di nuovo.",
    identity_linked_already: "Questo account era già collegato.",
    passkey_added: "La passkey è pronta. La prossima volta puoi usarla per accedere.",
    passkey_renamed: "La passkey ha un nuovo nome.",
    passkey_removed: "La passkey è stata rimossa e tutti gli altri browser sono stati disconnessi.",
    passkey_offer:
      "La prossima volta accedi più in fretta: con l’impronta, il volto o il blocco schermo.",
    reauthenticate_first: "Conferma la tua identità per vedere questa pagina.",
    reauthenticate_to_enrol:
      "Il tuo account ha bisogno di un secondo passaggio. Prima di configurarlo, conferma la tua identità.",
    reauthenticated: "Grazie, puoi continuare.",
    sent_too_late:
      "Quando hai inviato il modulo la sessione era già terminata, quindi non è stato salvato nulla. Accedi e invialo di nuovo, se serve ancora.",
    sent_not_fresh:
      "È passato un po’ di tempo dall’ultimo accesso, quindi quello che hai inviato non è stato salvato. Conferma la tua identità e invialo di nuovo, se serve ancora.",
    sent_held:
      "È passato un po’ di tempo dall’ultimo accesso. Conferma la tua identità: poi potrai completare quello che avevi iniziato.",
    nothing_held:
      "Non c’è più nulla da completare. Se l’operazione non è stata eseguita, iniziala di nuovo.",
    declined: "Va bene, non è cambiato nulla.",
    session_ended: "Quel browser è stato disconnesso.",
    others_ended: "Tutti gli altri browser sono stati disconnessi.",
    password_changed:
      "La password è stata cambiata e tutti gli altri browser sono stati disconnessi.",
    password_changed_tokens: (tokens: number) =>
      plural("it", tokens, {
        one:
          "La password è stata cambiata e tutti gli altri browser sono stati disconnessi. Un token API continua a funzionare.",
        other:
          `La password è stata cambiata e tutti gli altri browser sono stati disconnessi. ${tokens} token API continuano a funzionare.`,
      }),
    api_token_revoked:
      "Il token è stato revocato. I programmi che lo usano verranno rifiutati da ora in poi.",
    password_set: "La password è stata impostata e tutti gli altri browser sono stati disconnessi.",
    password_link_sent:
      "Controlla la posta: ti abbiamo inviato un link, a meno che il tuo indirizzo non abbia ricevuto troppe nostre email di recente. Il link vale 1 ora. Se dopo qualche minuto non arriva nulla, guarda anche nello spam.",
    email_change_sent:
      "Controlla la posta del nuovo indirizzo: ti abbiamo inviato un link, a meno che non abbia ricevuto troppe nostre email di recente.",
    email_changed:
      "L’indirizzo email è stato cambiato e tutti gli altri browser sono stati disconnessi.",
    totp_added:
      "La tua app è configurata. D’ora in poi, quando accedi, ti chiederemo un suo codice.",
    totp_removed: "L’app è stata rimossa e tutti gli altri browser sono stati disconnessi.",
    add_factor_first:
      "I codici di recupero sostituiscono un’app o una passkey. Prima configurane una: riceverai i codici subito dopo.",
    notices_saved: "La tua scelta è stata salvata.",
    undone:
      "Tutti i browser sono stati disconnessi e ora nessuna password apre l’account. Controlla la posta: con il link che ti abbiamo inviato puoi scegliere una nuova password. Se non arriva nulla, chiedi qui un’altra email.",
    undone_without_address:
      "Tutti i browser sono stati disconnessi e l’account è bloccato. Ma il tuo vecchio indirizzo ora è di un altro account: non abbiamo potuto ripristinarlo né inviarti un link. Scrivi a chi gestisce questo sito.",
    account_deleted: "Il tuo account è stato eliminato.",
    deletion_without_login:
      "Quando hai inviato il modulo la sessione era già terminata. Se il tuo account esiste ancora, accedi per eliminarlo.",
  },

  mailbox: {
    title: "Casella di sviluppo",
    intro: "Durante lo sviluppo nessuna email viene spedita: le trovi tutte qui.",
    empty: "Ancora nessuna email.",
    to: "A",
    sent: "Inviata",
    asText: "Come testo",
    asHtml: "Come HTML",
  },

  errors: {
    backHome: "Vai alla pagina iniziale",
    tryAgain: "Riprova",
    tryAgainLater: (when) => `Riprova ${when}.`,
    requestId: "Se lo segnali, indica questo codice:",
    wrong_host: {
      title: "Indirizzo non valido",
      body:
        "Il browser ha richiesto un nome di sito non valido. Apri il sito dal suo indirizzo abituale.",
    },
    not_found: {
      title: "Pagina non trovata",
      body: "Qui non c’è nulla. Forse la pagina è stata spostata o il link è sbagliato.",
    },
    forbidden: {
      title: "Non puoi farlo",
      body: "Il tuo account non può aprire questa pagina. Chiedi a chi gestisce questo sito.",
    },
    viewing: {
      title: "Puoi solo guardare",
      body:
        "Stai vedendo l’account di qualcun altro, quindi non è stato fatto nulla. Prima smetti di guardarlo.",
    },
    cross_site: {
      title: "Richiesta rifiutata",
      body:
        "Questo modulo non proviene da una delle nostre pagine, quindi lo abbiamo ignorato. Apri la pagina su questo sito e invialo di nuovo.",
    },
    embedded: {
      title: "Richiesta rifiutata",
      body: "Questa pagina non si può aprire all’interno di un’altra.",
    },
    method_not_allowed: {
      title: "Operazione non consentita",
      body: "Questo indirizzo non si può aprire in questo modo. Riparti dalla pagina iniziale.",
    },
    too_large: {
      title: "Modulo troppo lungo",
      body: "Hai scritto più testo di quanto possiamo accettare. Torna indietro e accorcialo.",
    },
    wrong_type: {
      title: "Modulo non leggibile",
      body:
        "Il modulo non è arrivato nel formato previsto. Apri di nuovo la pagina e invialo da lì.",
    },
    incomplete: {
      title: "Manca qualcosa",
      body:
        "Una parte del modulo non è arrivata, quindi lo abbiamo ignorato. Apri di nuovo la pagina e invialo un’altra volta.",
    },
    headers_too_long: {
      title: "Troppi dati",
      body:
        "Il browser ha inviato troppi cookie o un’intestazione troppo lunga. Elimina i cookie di questo sito e riaprilo.",
    },
    too_many: {
      title: "Troppi tentativi",
      body:
        "Dopo diversi tentativi sbagliati bisogna attendere, così nessuno può indovinare le password. Se hai già effettuato l’accesso da questo browser, gli errori degli altri non ti fanno attendere.",
    },
    too_many_codes: {
      title: "Troppi codici sbagliati",
      body:
        "Prima di riprovare bisogna attendere, così nessuno può indovinare i codici. Se hai un altro modo per confermare la tua identità, funziona subito.",
    },
    too_many_passkeys: {
      title: "Troppi tentativi",
      body:
        "Troppi tentativi dalla tua rete non sono riusciti, quindi bisogna attendere prima di usare una passkey. La tua passkey funziona ancora.",
    },
    too_many_registrations: {
      title: "Troppe registrazioni",
      body: "Dalla tua rete sono stati creati molti account in poco tempo.",
    },
    server_error: {
      title: "Qualcosa è andato storto",
      body: "È colpa nostra e abbiamo registrato l’errore. Riprova tra un po’.",
    },
    unavailable: {
      title: "Servizio non disponibile",
      body: "Non hai perso nulla e il tuo accesso è ancora attivo. Riprova tra qualche secondo.",
    },
  },
};
