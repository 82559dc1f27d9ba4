import { waitInWords } from "./time.tsx";
import type { ErrorWord, Text } from "./text/en.ts";

interface ErrorPageProps {
  text: Text;
  word: ErrorWord;
  status: number;
  /** Shown where the visitor may want to report the error. */
  requestId?: string;
  /** Seconds until the next attempt may succeed. */
  retryAfter?: number;
  /** The page to try again from. */
  again?: string | undefined;
  /** The page that replaces a forgotten password. */
  resetPath?: string | undefined;
}

export function ErrorPage(props: ErrorPageProps) {
  const { text, word, status, requestId, retryAfter, again, resetPath } = props;
  return (
    <div class="error">
      <p class="status-code">{status}</p>
      <h1>{text.errors[word].title}</h1>
      <p>{text.errors[word].body}</p>
      {retryAfter !== undefined && <p>{text.errors.tryAgainLater(waitInWords(text, retryAfter))}
      </p>}
      {resetPath && (
        <p>
          <a href={resetPath}>{text.login.forgotPassword}</a>
        </p>
      )}
      {requestId && (
        <p class="hint">
          {text.errors.requestId} <code>{requestId}</code>
        </p>
      )}
      <p class="actions">
        {again && <a class="button" href={again}>{text.errors.tryAgain}</a>}
        <a class={again ? "button secondary" : "button"} href="/">{text.errors.backHome}</a>
      </p>
    </div>
  );
}
