import { utf8 } from "../login/bytes.ts";
import type { Seal } from "../seal.ts";
import type { Mail, WaitingMail } from "./mail.ts";
import { outboxKey } from "./outbox_record.ts";

/** In bytes: sealed mails are as long as a multiple of it, so that one to nobody looks alike. */
const SIZE_STEP = 8192;

/** Seals a mail for the record with this id. */
export function sealMail(seal: Seal, id: string, mail: WaitingMail): Uint8Array<ArrayBuffer> {
  return seal.seal(padded(JSON.stringify(mail)), contextOf(id));
}

/** The mail; null for one to nobody, undefined when it cannot be opened. */
export function openMail(seal: Seal, id: string, sealed: Uint8Array): Mail | null | undefined {
  const text = seal.open(sealed, contextOf(id));
  if (text === null) return undefined;
  const mail: WaitingMail | null = JSON.parse(text); // null in records from before
  return mail?.to ? mail as Mail : null;
}

function contextOf(id: string): string {
  return outboxKey(id).join(" ");
}

/** JSON may end in spaces. */
function padded(json: string): string {
  const size = utf8(json).length;
  return json + " ".repeat(Math.ceil(size / SIZE_STEP) * SIZE_STEP - size);
}
