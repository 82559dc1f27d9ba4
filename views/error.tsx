import { waitInWords } from "./time.tsx";
import type { ErrorWord, Text } from "./text/en.ts";

interface ErrorPageProps {
  text: Text;
  word: ErrorWord;
  /** Shown where a report is of use. */
  requestId?: string;
  /** When it is of use to come back, in seconds from now. */
  retryAfter?: number;
  /** Where to try again. */
  again?: string;
}

export function ErrorPage({ text, word, requestId, retryAfter, again }: ErrorPageProps) {
  return (
    <>
      <h1>{text.errors[word].title}</h1>
      <p>{text.errors[word].body}</p>
      {retryAfter !== undefined && <p>{text.errors.comeBack(waitInWords(text, retryAfter))}</p>}
      {requestId && (
        <p class="hint">
          {text.errors.requestId} <code>{requestId}</code>
        </p>
      )}
      <p>
        {again && <a href={again}>{text.errors.tryAgain}</a>} <a href="/">{text.errors.backHome}</a>
      </p>
    </>
  );
}
