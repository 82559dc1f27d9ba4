import { laterFields } from "../../lib/account/user.ts";

/** A record after a flipped bit, from another version, or edited by mistake. */
export function breakages(sound: unknown): unknown[] {
  const rubbish = ["garbage", 7, null, [], {}, new Uint8Array(300)];
  if (typeof sound !== "object" || sound === null) return rubbish;
  return [
    ...rubbish,
    { ...sound, v: 2 },
    ...Object.entries(sound).flatMap(([name, field]) => {
      const { [name]: _, ...without } = sound as Record<string, unknown>;
      return [
        ...(name in laterFields ? [] : [without]),
        { ...sound, [name]: field instanceof Date ? new Date(NaN) : NaN },
        { ...sound, [name]: isDateOrPlain(field) ? "text" : { not: "this" } },
      ];
    }),
  ];
}

function isDateOrPlain(field: unknown): boolean {
  return typeof field === "object" && field !== null;
}
