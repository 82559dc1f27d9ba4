import type { apiTokens as en } from "../en/api_tokens.ts";
import { plural } from "../plural.ts";

export const apiTokens: typeof en = {
  title: "Token API",
  navLabel: "Token API",
  linkHint: "Permetti ai tuoi programmi di usare l’API.",
  intro:
    "Con un token un tuo programma può usare l’API a tuo nome. Chiunque abbia il token può fare ciò che permette: custodiscilo come una password.",
  ends:
    "Un token scade nel giorno stabilito o quando lo revochi. Tutti smettono di funzionare quando vieni disconnesso ovunque, per esempio quando reimposti la password o cambi indirizzo email. Continuano invece a funzionare quando cambi la password.",
  description: "Che cosa offre l’API (OpenAPI)",
  count: (tokens: number) =>
    plural("it", tokens, { one: "Hai un token.", other: `Hai ${tokens} token.` }),
  none: "Non hai token.",
  scopes: {
    "profile:read": "Leggere il tuo nome e il tuo indirizzo email",
    "sessions:read": "Vedere dove hai effettuato l’accesso",
    "sessions:end": "Disconnettere i browser",
    "events:read": "Vedere che cosa è successo nel tuo account",
  },
  allowed: "Permessi",
  created: "Creato",
  endsOn: "Scade il",
  lastUsed: "Ultimo uso",
  never: "mai",
  revoke: "Revoca",
  revokeLabel: (name: string) => `Revoca «${name}»`,
  revokeIntro:
    "I programmi che usano questo token verranno rifiutati da subito. Non si può annullare.",
  revokeSubmit: "Revoca questo token",
  create: {
    title: "Crea un token",
    name: "Nome",
    nameHint: "Per riconoscerlo: per esempio il programma che lo usa.",
    scope: "Che cosa permette il token",
    days: "Giorni fino alla scadenza",
    daysHint: "Da 1 a 365. Una settimana prima della scadenza ti scriviamo.",
    daysHintWithoutMail: "Da 1 a 365.",
    submit: "Crea il token",
  },
  new: {
    title: "Il tuo nuovo token",
    intro:
      "Copia ora il token e custodiscilo come una password: non possiamo mostrarlo un’altra volta.",
    label: (name: string) => `Token di ${name}`,
    tryIt: "Ecco come lo usa un programma, qui con il token nella variabile TOKEN:",
    done: "Ho salvato il token",
  },
  problems: {
    too_many: "Hai 20 token, il numero massimo che possiamo conservare. Prima revocane uno.",
    gone: "Quel token non è più nel tuo account. Ecco l’elenco attuale.",
  },
  stay: (tokens: number) =>
    plural("it", tokens, {
      one: "Hai un token API. Continuerà a funzionare con la nuova password.",
      other: `Hai ${tokens} token API. Continueranno a funzionare con la nuova password.`,
    }),
  toTokens: "Vedi i tuoi token API",
  mails: {
    created: {
      subject: "È stato creato un nuovo token API",
      event: (site: string) =>
        `Il tuo account su ${site} ha un nuovo token API. Chi lo possiede può usare l’API a tuo nome.`,
    },
    ends: {
      subject: "Un tuo token API scade tra una settimana",
      event: (site: string) =>
        `Un token API creato nel tuo account su ${site} sta per scadere. Da quel momento i programmi che lo usano verranno rifiutati.`,
      advice:
        "Se ti serve ancora, crea un nuovo token nel tuo account e dallo ai tuoi programmi. Altrimenti non devi fare nulla.",
      ifNotYou: "Se non l’hai fatto tu, revoca il token nel tuo account e cambia la password.",
    },
    token: "Token",
    end: "Scadenza",
  },
};
