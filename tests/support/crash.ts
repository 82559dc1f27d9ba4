// Loaded before the app by a test: SIGUSR1 makes what nobody awaits fail.
Deno.addSignalListener("SIGUSR1", () => {
  void Promise.reject(new Error("nobody waited for this"));
  setTimeout(() => {
    throw new Error("nobody catches this");
  });
  setTimeout(() => Deno.writeTextFile(`${Deno.env.get("KV_PATH")}.crashed`, ""), 50);
});
