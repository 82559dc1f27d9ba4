import { figure, printTable } from "./table.ts";

/** What `deno bench --json` says. Times are in nanoseconds. */
interface BenchOutput {
  readonly benches: {
    readonly name: string;
    readonly results: { readonly ok: { min: number; avg: number; p99: number } }[];
  }[];
}

/** The package's own share of a page, from `package_bench.ts`. */
export async function measurePackage(): Promise<void> {
  const script = new URL("./package_bench.ts", import.meta.url).pathname;
  const args = ["bench", "--json", "--no-check", script];
  const { success, stdout } = await new Deno.Command(Deno.execPath(), { args, stderr: "inherit" })
    .output();
  if (!success) throw new Error("Cannot measure the package: deno bench failed");
  const { benches }: BenchOutput = JSON.parse(new TextDecoder().decode(stdout));
  const inMicroseconds = (nanoseconds = NaN) => figure(nanoseconds / 1000);
  printTable(
    ["the package, without a database", "least µs", "mean µs", "p99 µs"],
    benches.map(({ name, results }) => {
      const { min, avg, p99 } = results[0]?.ok ?? {};
      return [name, inMicroseconds(min), inMicroseconds(avg), inMicroseconds(p99)];
    }),
  );
}
