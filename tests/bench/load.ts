import { SECOND } from "../../lib/time.ts";
import type { ServerProcess } from "./server_process.ts";

/** How a server answered one page under load. */
export interface Load {
  readonly perSecond: number;
  /** In milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** CPU time of the server for each request, in microseconds. */
  readonly cpu: number;
}

interface Report {
  readonly requests: number;
  readonly failed: number;
  /** In milliseconds. */
  readonly duration: number;
  readonly p50: number;
  readonly p99: number;
}

const maxConnections = 32;
/** In seconds. On a busy machine a slow answer is no failure. */
const timeout = 30;

/** `wrk` where it is installed, otherwise npm's `autocannon`, which needs more CPU time itself. */
export const generator = await isInstalled("wrk") ? "wrk" : "autocannon";

/** Requests a page as fast as it is answered, for this long in milliseconds. */
export async function load(
  server: Pick<ServerProcess, "address" | "cpuTime">,
  path: string,
  headers: Record<string, string>,
  duration: number,
  connections = maxConnections,
): Promise<Load> {
  const run = generator === "wrk" ? runWrk : runAutocannon;
  const before = server.cpuTime();
  const seconds = Math.ceil(duration / SECOND);
  const report = await run(server.address + path, headers, seconds, connections);
  const { requests, failed, p50, p99 } = report;
  if (failed > 0 || requests === 0) {
    throw new Error(`Cannot measure ${path}: ${failed} of ${requests} requests failed`);
  }
  return {
    perSecond: requests / (report.duration / SECOND),
    p50,
    p99,
    cpu: (server.cpuTime() - before) / requests,
  };
}

async function runWrk(
  url: string,
  headers: Record<string, string>,
  seconds: number,
  connections: number,
): Promise<Report> {
  const script = new URL("./wrk_report.lua", import.meta.url).pathname;
  const settings = [
    "-t1",
    `-c${connections}`,
    `-d${seconds}s`,
    "--timeout",
    `${timeout}s`,
    "-s",
    script,
  ];
  const out = await outputOf("wrk", [...settings, ...headerArguments(headers), url]);
  return JSON.parse(out.trim().split("\n").at(-1) ?? "");
}

async function runAutocannon(
  url: string,
  headers: Record<string, string>,
  seconds: number,
  connections: number,
): Promise<Report> {
  const npm = ["run", "-A", "--no-lock", "--no-config", "-q", "npm:autocannon@8.0.0"];
  const settings = ["-j", "-c", String(connections), "-d", String(seconds), "-t", String(timeout)];
  const out = await outputOf(Deno.execPath(), [
    ...npm,
    ...settings,
    ...headerArguments(headers),
    url,
  ]);
  const { requests, latency, non2xx, errors, duration } = JSON.parse(out);
  return {
    requests: requests.total,
    failed: non2xx + errors,
    duration: duration * SECOND,
    p50: latency.p50,
    p99: latency.p99,
  };
}

function headerArguments(headers: Record<string, string>): string[] {
  return Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
}

async function outputOf(command: string, args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args }).output();
  if (!success) throw new Error(`${command} failed: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

async function isInstalled(command: string): Promise<boolean> {
  try {
    await new Deno.Command(command, { args: ["-v"], stdout: "null", stderr: "null" }).output();
    return true;
  } catch {
    return false;
  }
}
