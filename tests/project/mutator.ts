/** Finds the places in a source where one operator can be changed into a fault. */

/** A change of a source: `from`, which stands at `at`, becomes `to`. */
export interface Mutation {
  readonly at: number;
  readonly from: string;
  readonly to: string;
}

/** Each becomes each of the others on its line. */
const swaps: Record<string, readonly string[]> = {
  "===": ["!=="],
  "!==": ["==="],
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "&&": ["||"],
  "||": ["&&"],
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "%": ["*"],
  "+=": ["-="],
  "-=": ["+="],
  "++": ["--"],
  "--": ["++"],
};

export function mutationsOf(source: string): Mutation[] {
  const code = maskText(source);
  return [
    ...binaryOperators(code),
    ...negations(source, code),
    ...awaits(code),
    ...earlyReturns(code),
  ].sort((a, b) => a.at - b.at);
}

export function mutate(source: string, { at, from, to }: Mutation): string {
  return source.slice(0, at) + to + source.slice(at + from.length);
}

/** `deno fmt` puts spaces around binary operators, and none around those of types. */
function binaryOperators(code: string): Mutation[] {
  const operator = /(?<=\S )(?<!(?:import|export) )(?:[!=]==|[<>]=?|&&|\|\||[-+]=?|[*/%])(?=\s)/g;
  return [...code.matchAll(operator), ...code.matchAll(/\+\+|--/g)].flatMap(
    ({ index, 0: from }) => (swaps[from] ?? []).map((to) => ({ at: index, from, to })),
  );
}

function negations(source: string, code: string): Mutation[] {
  const dropped = [...code.matchAll(/(?<![\w)\]])!(?=[\w(#[])/g)]
    .map(({ index }) => ({ at: index, from: "!", to: "" }));
  const added = [...code.matchAll(/(?<=\b(?:if|while) )\(/g)].map(({ index }) => {
    const condition = source.slice(index, partnerOf(code, index, 1) + 1);
    return { at: index, from: condition, to: `(!${condition})` };
  });
  return [...dropped, ...added];
}

/** After `return` an `await` makes no difference, and a loop over a promise needs it. */
function awaits(code: string): Mutation[] {
  return [...code.matchAll(/(?<!\b(?:for|return) )\bawait (?!using\b)/g)]
    .map(({ index, 0: from }) => ({ at: index, from, to: "" }));
}

/** Only what the type of the function allows, and a middleware that does nothing but pass on. */
function earlyReturns(code: string): Mutation[] {
  const head = /\)(?:: ([^()\n]*))? (?:=> )?\{(?=\n)/g;
  return [...code.matchAll(head)].flatMap(({ index, 0: from, 1: type }) => {
    const opening = partnerOf(code, index, -1);
    if (/\b(?:if|for|for await|while|switch|catch|constructor) ?$/.test(code.slice(0, opening))) {
      return [];
    }
    const passesOn = /\bnext\b/.test(code.slice(opening, index));
    return returnsOf(type, passesOn).map((statement) => ({
      at: index + from.length - 1,
      from: "{",
      to: `{ ${statement};`,
    }));
  });
}

function returnsOf(type: string | undefined, passesOn: boolean): string[] {
  if (passesOn) return ["return next()"];
  if (!type) return [];
  if (/\bboolean\b/.test(type)) return ["return true", "return false"];
  if (/\|\s*null\b/.test(type)) return ["return null"];
  return /\bvoid\b/.test(type) ? ["return"] : [];
}

/** Finds the parenthesis that belongs to the one at a place: forwards, or backwards. */
function partnerOf(code: string, at: number, step: 1 | -1): number {
  let depth = 0;
  for (let i = at; i >= 0 && i < code.length; i += step) {
    depth += code[i] === "(" ? 1 : code[i] === ")" ? -1 : 0;
    if (depth === 0) return i;
  }
  throw new Error(`Cannot find the other end of the parenthesis at ${at}`);
}

const regExp = String.raw`(?<=(?:^|=>|[(,=:[!&|?{};]|\breturn)\s*)\/(?![/*])` +
  String.raw`(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*`;
const text = new RegExp(
  String.raw`\/\/.*|\/\*[^]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|${regExp}`,
  "y",
);
/** From the start of a template, or the end of its expression, to the next one or the end. */
const templateText = /[`}](?:\\[^]|\$(?!\{)|[^`\\$])*(?:`|\$\{)/y;

/** The source with a quotation mark for each character of a comment, text or regular expression. */
export function maskText(source: string): string {
  /** How many braces are open in the program, and in the expression of each open template. */
  const depths = [0];
  let code = "";
  while (code.length < source.length) {
    const char = source.charAt(code.length);
    const isResumed = char === "}" && depths.length > 1 && depths.at(-1) === 0;
    const pattern = isResumed || char === "`" ? templateText : text;
    pattern.lastIndex = code.length;
    const masked = pattern.exec(source)?.[0];
    if (isResumed) depths.pop();
    if (pattern === templateText && masked?.endsWith("${")) depths.push(0);
    const braces = masked ? 0 : char === "{" ? 1 : char === "}" ? -1 : 0;
    depths.push((depths.pop() ?? 0) + braces);
    code += masked?.replace(/[^\n]/g, '"') ?? char;
  }
  return code;
}
