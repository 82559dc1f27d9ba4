import { deepEqual, equal, ok } from "node:assert/strict";
import type { EventKind } from "../../lib/account/event.ts";
import type { ActWord } from "../../views/admin/acts.tsx";
import { en } from "../../views/text/en.ts";
import type { Flow } from "./flows.ts";
import { ann } from "./people.ts";
import { act, asRole, userOf } from "./roles.ts";
import { type TestWorld, withMail } from "./world.ts";

const { email, password } = ann;
const { subjects } = en.mail.administered;

/** Who the acts are about, in each world: after a deletion nobody knows. */
const ids = new WeakMap<TestWorld, string>();

/** What administrators do to accounts. A repeated act says that it was done already. */
export const adminFlows: readonly Flow[] = [
  flow("suspending an account", "suspend", {
    verify: async (world) => {
      equal((await userOf(world, ann)).active, false);
      deepEqual(await written(world, "suspended", subjects.suspended), [1, 1]);
    },
  }),
  flow("reactivating an account", "reactivate", {
    isSuspended: true,
    verify: async (world) => {
      deepEqual(await written(world, "reactivated", subjects.reactivated), [1, 1]);
      equal((await world.browser().post("/login", { email, password })).status, 303);
    },
  }),
  flow("changing the roles of somebody", "role", {
    fields: { role: "support" },
    verify: async (world) => {
      const { id, roles } = await userOf(world, ann);
      deepEqual(roles, ["support"]);
      ok((await world.database.get(["role", "support", id])).value);
      deepEqual(await written(world, "role_changed", subjects.role_changed), [1, 1]);
    },
  }),
  flow("ending the sessions of somebody", "end-sessions", {
    verify: async (world) => {
      ok((await userOf(world, ann)).epoch > 0);
      await isTold(world, "sessions_ended", subjects.sessions_ended);
    },
  }),
  flow("mailing a link for a new password", "reset-password", {
    verify: (world) => isTold(world, "reset_started", en.mail.resetPassword.subject),
  }),
  flow("deleting the account of somebody", "delete", {
    verify: async (world) => {
      const id = ids.get(world) ?? "";
      const left = (await world.records()).filter(({ key, value }) =>
        key[0] !== "outbox" && JSON.stringify([key, value]).includes(id)
      );
      deepEqual(left, []);
      equal(await countMails(world, subjects.deleted), 1);
    },
  }),
];

interface FlowOptions {
  readonly fields?: Record<string, string>;
  readonly isSuspended?: true;
  readonly verify: (world: TestWorld) => Promise<void>;
}

function flow(name: string, word: ActWord, { fields, isSuspended, verify }: FlowOptions): Flow {
  return {
    name,
    config: withMail,
    prepare: async (world) => {
      await world.ann();
      const { id } = await userOf(world, ann);
      ids.set(world, id);
      const { browser } = await asRole(world, ["admin"]);
      if (isSuspended) equal((await act(browser, id, "suspend")).status, 303);
      const form = { reason: "Asked for by mail", confirm: "yes", ...fields };
      return { browser, act: (it) => it.post(`/admin/users/${id}/${word}`, form) };
    },
    retryStatuses: word === "delete" ? [303, 404] : [303, 422],
    verify: (_browser, world) => verify(world),
  };
}

/** A form that is sent again ends the sessions again: it was done at least once. */
async function isTold(world: TestWorld, kind: EventKind, subject: string): Promise<void> {
  const [events = 0, mails = 0] = await written(world, kind, subject);
  ok(events > 0);
  equal(mails, events);
}

/** How many events of a kind Ann's timeline has, and how many mails told her. */
async function written(world: TestWorld, kind: EventKind, subject: string): Promise<number[]> {
  const { id } = await userOf(world, ann);
  const { events } = await world.services.events.list(id, { limit: 50, kind });
  return [events.length, await countMails(world, subject)];
}

async function countMails(world: TestWorld, subject: string): Promise<number> {
  return (await world.delivered()).filter((mail) =>
    mail.to.address === email && mail.subject === subject
  ).length;
}
