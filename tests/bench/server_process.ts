/** A server in a process of its own, on a free port of 127.0.0.1. */
export class ServerProcess implements AsyncDisposable {
  readonly pid: number;
  readonly address: string;
  readonly #process: Deno.ChildProcess;

  private constructor(process: Deno.ChildProcess, address: string) {
    this.#process = process;
    this.address = address;
    this.pid = process.pid;
  }

  /** Starts Deno with these arguments and variables, and `PORT`; waits until the port is open. */
  static async start(args: string[], env: Record<string, string> = {}): Promise<ServerProcess> {
    const port = freePort();
    const process = new Deno.Command(Deno.execPath(), {
      args,
      cwd: new URL("../../", import.meta.url),
      env: { ...env, PORT: String(port) },
      stdout: "null",
    }).spawn();
    const server = new ServerProcess(process, `http://127.0.0.1:${port}`);
    const ended = process.status.then(() => Promise.reject(new Error("A server did not start")));
    await Promise.race([waitFor(port), ended]);
    ended.catch(() => {}); // it ends when it is no longer needed
    return server;
  }

  cpuTime(): number {
    return cpuTimeOf(this.pid);
  }

  /** The most memory that it had so far, in MiB. */
  peakMemory(): number {
    return this.#memory("VmHWM");
  }

  /** The memory that it has now, in MiB. */
  memory(): number {
    return this.#memory("VmRSS");
  }

  #memory(field: "VmHWM" | "VmRSS"): number {
    const status = read(`/proc/${this.pid}/status`);
    return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.status;
  }
}

/** The CPU time of all threads of a process, in microseconds; NaN on a system without `/proc`. */
export function cpuTimeOf(pid: number | null): number {
  const fields = read(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ") ?? [];
  const ticks = Number(fields[11]) + Number(fields[12]); // utime and stime
  return ticks * 10_000; // Linux counts in hundredths of a second for every process
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function waitFor(port: number): Promise<void> {
  while (true) {
    try {
      return (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Empty where there is no such file. */
function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
