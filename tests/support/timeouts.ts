/** How long a test waits for anything, in milliseconds: a busy machine is no outage. */
export const TIMEOUT = 60_000;

/** Waits until something has become true. */
export async function eventually(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + TIMEOUT;
  while (!await isTrue()) {
    if (Date.now() > end) throw new Error("it did not come true in time");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
