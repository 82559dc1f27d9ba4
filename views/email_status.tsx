import type { Text } from "./text/en.ts";

interface EmailStatusProps {
  text: Text;
  user: { readonly emailVerified: boolean };
}

/** Says beside an address whether it is confirmed, and else how to confirm it. */
export function EmailStatus({ text, user }: EmailStatusProps) {
  const { confirmed, confirm } = text.email;
  return user.emailVerified
    ? <strong class="badge">{confirmed}</strong>
    : <a href="/verify-email?next=%2Fprofile">{confirm}</a>;
}
