/** A path that leads to `next` after login. The route validates it when it redirects. */
export function withNext(path: string, next: string | undefined): string {
  return next ? `${path}?${new URLSearchParams({ next })}` : path;
}
