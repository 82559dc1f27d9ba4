/** What is wrong about the accounts in a dump: a user, its address and its password go together. */
export function halfAccounts(dump: readonly Deno.KvEntry<unknown>[]): string[] {
  const of = (kind: string) => dump.filter(({ key }) => key[0] === kind);
  const users = new Map(of("user").map(({ key, value }) => [key[1], value as { email: string }]));
  const owners = new Map(of("user_by_email").map(({ key, value }) => [key[1], value]));
  const passwords = new Set(of("password").map(({ key }) => key[1]));
  const sessions = [...of("session"), ...of("remember")].map(({ key }) => key[1]);

  return [
    ...[...users].filter(([id, { email }]) => owners.get(email) !== id).map(() => "user, no index"),
    ...[...users].filter(([id]) => !passwords.has(id)).map(() => "user without password"),
    ...[...owners.values()].filter((id) => !users.has(id as string)).map(() => "index of nobody"),
    ...[...passwords].filter((id) => !users.has(id)).map(() => "password of nobody"),
    ...sessions.filter((id) => !users.has(id)).map(() => "session of nobody"),
  ];
}
