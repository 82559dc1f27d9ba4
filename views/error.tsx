import type { ErrorWord, Text } from "./text/en.ts";

interface ErrorPageProps {
  text: Text;
  word: ErrorWord;
  /** Shown where a report is of use. */
  requestId?: string;
}

export function ErrorPage({ text, word, requestId }: ErrorPageProps) {
  return (
    <>
      <h1>{text.errors[word].title}</h1>
      <p>{text.errors[word].body}</p>
      {requestId && (
        <p class="hint">
          {text.errors.requestId} <code>{requestId}</code>
        </p>
      )}
      <p>
        <a href="/">{text.errors.backHome}</a>
      </p>
    </>
  );
}
