/**
 * Keeps the results of a pure function. When there are `size` of them, all are forgotten. A result
 * depends on its argument alone, so nobody is shown what belongs to somebody else.
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
