interface ProgramOptions {
  readonly command: (port: number) => readonly string[];
  readonly environment: (port: number) => Record<string, string>;
  /** Where it answers once it works. */
  readonly readyPath: string;
  /** The file that its output is added to. */
  readonly log: string;
}

/** A server that can be started, killed and started again at the same address. */
export class Program {
  readonly address: string;
  readonly #options: ProgramOptions;
  readonly #port: number;
  #process: Deno.ChildProcess | null = null;

  private constructor(port: number, options: ProgramOptions) {
    this.#port = port;
    this.address = `http://127.0.0.1:${port}`;
    this.#options = options;
  }

  static onFreePort(options: ProgramOptions): Program {
    return new Program(freePort(), options);
  }

  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  /** Starts the process, and waits until it answers. */
  async start(): Promise<void> {
    const { command, environment, log, readyPath } = this.#options;
    const { PATH = "", HOME = "", DENO_DIR } = Deno.env.toObject();
    // The shell gives its process to the command, which the pid is then of. What a server writes
    // is for its owner only: a database, a log.
    const script = `umask 077; exec "$@" >>'${log}' 2>&1`;
    const process = new Deno.Command("sh", {
      args: ["-c", script, "sh", ...command(this.#port)],
      cwd: new URL("../../", import.meta.url),
      clearEnv: true,
      env: {
        PATH,
        HOME,
        ...DENO_DIR ? { DENO_DIR } : {},
        NO_COLOR: "1",
        ...environment(this.#port),
      },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    this.#process = process;
    let isRunning = true;
    const ended = process.status.then(() => {
      isRunning = false;
      if (this.#process === process) this.#process = null;
    });
    while (isRunning && !await this.#answers(readyPath)) {
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 20))]);
    }
    if (!isRunning) throw new Error(`It did not start: look into ${log}`);
  }

  signal(signal: Deno.Signal): void {
    this.#process?.kill(signal);
  }

  /** Ends the process, if there is one. */
  async stop(signal: Deno.Signal): Promise<void> {
    const process = this.#process;
    if (!process) return;
    process.kill(signal);
    await process.status;
    this.#process = null;
  }

  async #answers(path: string): Promise<boolean> {
    try {
      const response = await fetch(this.address + path);
      await response.body?.cancel();
      return true;
    } catch {
      return false;
    }
  }
}

/** A free port below the range that the system uses for outgoing connections. */
function freePort(): number {
  while (true) {
    const [random = 0] = crypto.getRandomValues(new Uint16Array(1));
    const port = 20_000 + random % 12_000;
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}
