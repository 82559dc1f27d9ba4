// A test loads this before the app: SIGUSR1 causes an unhandled rejection and an uncaught error.
Deno.addSignalListener("SIGUSR1", () => {
  void Promise.reject(new Error("nobody waited for this"));
  setTimeout(() => {
    throw new Error("nobody catches this");
  });
  setTimeout(() => Deno.writeTextFile(`${Deno.env.get("KV_PATH")}.crashed`, ""), 50);
});
