import type { EventKind } from "../lib/account/event.ts";
import type { Text } from "./text/en.ts";

interface KindFilterProps {
  text: Text;
  /** The page of the events. */
  path: string;
  kinds: readonly EventKind[];
  /** The one that was chosen; null for all. */
  kind: EventKind | null;
}

/** Chooses which events are shown. */
export function KindFilter({ text: { activity }, path, kinds, kind }: KindFilterProps) {
  return (
    <form class="search" method="get" action={path}>
      <div class="field">
        <label for="kind">{activity.filter}</label>
        <select id="kind" name="kind">
          <option value="">{activity.allKinds}</option>
          {kinds.map((it) => <option value={it} selected={it === kind}>{activity.kinds[it]}
          </option>)}
        </select>
      </div>
      <button type="submit" class="secondary">{activity.apply}</button>
    </form>
  );
}
