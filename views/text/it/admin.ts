import type { admin as en } from "../en/admin.ts";

export const admin: typeof en = {
  navLabel: "Admin",
  roleNames: { admin: "Amministratore", support: "Assistenza" },
  suspended: "Sospeso",
  pending: "Non ancora confermato",
  yes: "Sì",
  no: "No",
  users: {
    title: "Utenti",
    search: "Indirizzo email o nome",
    searchHint: "Basta l’inizio.",
    submit: "Cerca",
    everybody: "Mostra tutti",
    newest: "Tutti, dal più recente.",
    found: (text) => `Chi ha un indirizzo o un nome che inizia con “${text}”.`,
    nobody: "Nessun risultato.",
    registered: "Registrato",
    next: "Pagina successiva",
  },
  user: {
    title: "Utente",
    back: "Tutti gli utenti",
    email: "Indirizzo email",
    confirmed: "Confermato",
    notConfirmed: "Non confermato",
    registered: "Registrato",
    language: "Lingua",
    roles: "Ruoli",
    noRoles: "Nessuno",
    password: "Password",
    compromised: "Nota ad altri: va sostituita",
    set: "Impostata",
    none: "Nessuna",
    factors: "Secondi fattori",
    app: (since) => `App di autenticazione, dal ${since}`,
    passkey: (name, since) => `Passkey “${name}”, dal ${since}`,
    recoveryCodes: (left) => `Codici di recupero rimasti: ${left}`,
    identities: "Accede con",
    suspension: (reason) => `Sospeso. Motivo: ${reason}`,
    withoutReason: "Sospeso da “Non sono stato io”: qualcun altro usa l’indirizzo.",
    sessions: "Sessioni",
    noSessions: "Non ha effettuato l’accesso da nessuna parte.",
    lastSeen: "Ultima attività",
    activity: "Attività",
  },
  invite: {
    title: "Gestire questo sito",
    question: (site) =>
      `Sei invitato a gestire ${site}: a cercare utenti, a sospendere account e ad assegnare ruoli ad altri.`,
    next: "Poi aggiungerai un secondo passaggio al tuo accesso, se non ne hai ancora uno.",
    submit: "Diventa amministratore",
    others: (email) =>
      `Questo invito è per ${email}. Accedi con quell’indirizzo e apri di nuovo il link.`,
  },
  viewAs: {
    label: "Stai vedendo come qualcun altro",
    banner: "Per 15 minuti vedi, senza modificare nulla, l’account di",
    end: "Smetti",
  },
  events: {
    title: "Eventi",
    intro:
      "Che cosa è successo di recente in tutti gli account, tranne gli accessi: quelli sono sulla pagina di ogni utente.",
  },
  acts: {
    heading: "Che cosa puoi fare",
    reason: "Motivo",
    reasonHint: "La persona può leggerlo, nella sua attività o in un’email. Non scrivere segreti.",
    confirmTitle: "Conferma",
    person: "Riguarda",
    cancel: "Annulla",
    roleLegend: "Ruoli",
    refused: "Non puoi più farlo. Non è cambiato nulla.",
    last_admin:
      "È l’unico amministratore. Prima assegna questo ruolo a qualcun altro. Non è cambiato nulla.",
    no_change: "L’account è già in questo stato. Non è cambiato nulla.",
    self: "Qui non puoi farlo sul tuo account.",
    suspended: "L’account è sospeso. Prima riattivalo. Non è cambiato nulla.",
    has_role: "L’account di chi ha un ruolo non si può guardare.",
    suspend: {
      label: "Sospendi…",
      title: "Sospendi l’account",
      warning:
        "La persona viene disconnessa subito ovunque e non può più accedere. Legge il motivo quando, all’accesso, dimostra chi è.",
      submit: "Sospendi l’account",
    },
    reactivate: {
      label: "Riattiva…",
      title: "Riattiva l’account",
      warning: "La persona può accedere di nuovo.",
      submit: "Riattiva l’account",
    },
    "end-sessions": {
      label: "Disconnetti ovunque…",
      title: "Disconnetti la persona ovunque",
      warning:
        "Terminano tutte le sessioni, i browser ricordati e i token API. La persona può accedere di nuovo.",
      submit: "Disconnetti la persona",
    },
    "reset-password": {
      label: "Invia un link per una nuova password…",
      title: "Invia un link per una nuova password",
      warning:
        "La persona riceve un’email con un link valido per 1 ora. Nessun altro vede il link, e la vecchia password vale finché non viene sostituita.",
      submit: "Invia l’email",
    },
    role: {
      label: "Cambia i ruoli…",
      title: "Cambia i ruoli",
      warning: "I nuovi ruoli valgono dalla prossima richiesta.",
      submit: "Cambia i ruoli",
    },
    delete: {
      label: "Elimina…",
      title: "Elimina l’account",
      warning:
        "L’account viene eliminato, con tutti i dati conservati. L’operazione è irreversibile.",
      submit: "Elimina l’account",
    },
    "view-as": {
      label: "Vedi come questa persona…",
      title: "Vedi l’account come questa persona",
      warning:
        "Vedi le pagine dell’account come le vede questa persona, per 15 minuti, senza modificare nulla. La persona riceve un’email.",
      submit: "Vedi l’account",
    },
  },
};
