/** A benchmark server in a process of its own. */
export class RunningServer implements AsyncDisposable {
  readonly pid: number;
  readonly #process: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #base: string;
  #requests = 0;

  private constructor(
    process: Deno.ChildProcess,
    lines: ReadableStreamDefaultReader<string>,
    port: string,
  ) {
    this.#process = process;
    this.#lines = lines;
    this.#base = `http://127.0.0.1:${port}`;
    this.pid = process.pid;
  }

  static async start(hashing: "worker" | "main"): Promise<RunningServer> {
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", new URL("./server.ts", import.meta.url).pathname, hashing],
      stdout: "piped",
    }).spawn();
    const lines = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
    return new RunningServer(process, lines, (await lines.read()).value?.trim() ?? "");
  }

  async get(path: string, cookie: string): Promise<void> {
    const response = await fetch(this.#base + path, { headers: { cookie } });
    await response.body?.cancel();
  }

  /** Sends a form, each time from another network. */
  async post(path: string, fields: Record<string, string>): Promise<Response> {
    const response = await fetch(this.#base + path, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: {
        "sec-fetch-site": "same-origin",
        "x-forwarded-for": `2001:db8:0:${(this.#requests++ % 65536).toString(16)}::1`,
      },
      redirect: "manual",
    });
    await response.body?.cancel();
    return response;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill();
    await this.#process.status;
    await this.#lines.cancel();
  }
}

/** How long something takes, in milliseconds. */
export async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}

/** The value below which this part of the times lies. */
export function quantile(times: readonly number[], part: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

export function write(text: string): Promise<number> {
  return Deno.stdout.write(new TextEncoder().encode(text));
}
