// Loaded before the app in a process of its own: what it may not count on on Deno Deploy is missing,
// and each call that the platform acts on is a line of the output.

const { cron, serve } = Deno;

// deno-lint-ignore no-console
const report = (line: string) => console.log(`platform: ${line}`);

Object.defineProperties(Deno, {
  cron: {
    value(name: string, schedule: string, work: () => Promise<void>) {
      report(`cron ${name} ${schedule}`);
      return cron(name, schedule, work);
    },
  },
  serve: {
    value(...args: Parameters<typeof serve>) {
      report("serve");
      return serve(...args);
    },
  },
});
Reflect.deleteProperty(Deno, "addSignalListener");
Reflect.deleteProperty(globalThis, "Worker");
