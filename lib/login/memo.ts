/**
 * Keeps what a pure function returned for the last arguments, up to a number of them. The result
 * depends on the argument alone, so nobody is shown what belongs to somebody else.
 */
export function memo<Argument extends string | number, Result>(
  compute: (argument: Argument) => Result,
  size: number,
): (argument: Argument) => Result {
  const known = new Map<Argument, Result>();
  return (argument) => {
    const former = known.get(argument);
    if (former !== undefined) return former;
    const result = compute(argument);
    if (known.size === size) known.clear();
    known.set(argument, result);
    return result;
  };
}
