import type { Text } from "./text/en.ts";

interface DeadLinkPageProps {
  text: Text;
  /** Where to ask for another link; null when there is no such page. */
  again: string | null;
}

/** Says that a mailed link does not work, whatever the reason. */
export function DeadLinkPage({ text, again }: DeadLinkPageProps) {
  const { title, body, askAgain } = text.deadLink;
  return (
    <section class="narrow">
      <h1>{title}</h1>
      <p>{body}</p>
      <p class="actions">
        <a class="button" href={again ?? "/"}>{again ? askAgain : text.errors.backHome}</a>
      </p>
    </section>
  );
}
