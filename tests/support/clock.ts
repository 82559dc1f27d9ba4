/** Makes `new Date()` tell another time in this process. */
export function setClock(tell: (now: number) => number): void {
  globalThis.Date = new Proxy(Date, {
    construct: (RealDate, args) =>
      Reflect.construct(RealDate, args.length > 0 ? args : [tell(RealDate.now())]),
  });
}
