/** A fenced block of code in a Markdown file. */
export interface CodeBlock {
  /** The words behind the fence: `ts ignore`. */
  readonly info: string;
  readonly code: string;
}

/** A Markdown file of the repository, by sections. */
export class Markdown {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  static async read(path: string): Promise<Markdown> {
    return new Markdown(await Deno.readTextFile(new URL(`../../${path}`, import.meta.url)));
  }

  /** The text below a heading, up to the next heading of any level. */
  section(heading: string): Markdown {
    const [, below] = this.#prose().split(new RegExp(`^#+ ${heading}$`, "m"));
    if (below === undefined) throw new Error(`Cannot read a section: there is no "${heading}"`);
    const length = below.search(/^#+ /m);
    const start = this.text.search(new RegExp(`^#+ ${heading}$`, "m"));
    const from = this.text.indexOf("\n", start);
    return new Markdown(this.text.slice(from, length < 0 ? undefined : from + length));
  }

  /** The rows of all tables, without their heads: each a list of cells. */
  rows(): string[][] {
    const lines = this.#prose().split("\n").filter((line) => line.startsWith("|"));
    const cells = lines.map((line) =>
      line.slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"))
    );
    const isRule = (row: string[] | undefined) => row?.every((cell) => /^:?-+:?$/.test(cell));
    return cells.filter((row, i) => !isRule(row) && !isRule(cells[i + 1]));
  }

  codeBlocks(): CodeBlock[] {
    return [...this.text.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)]
      .map(([, info = "", code = ""]) => ({ info, code }));
  }

  /** The addresses of its links. */
  links(): string[] {
    return [...this.#prose().matchAll(/\]\(([^)\s]+)\)/g)].map(([, address = ""]) => address);
  }

  /** The names by which links reach its headings. */
  anchors(): string[] {
    return [...this.#prose().matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
      heading.toLowerCase().replaceAll(/[^\w\s-]/g, "").replaceAll(" ", "-")
    );
  }

  /** The text with its code blocks blanked: a comment in them is no heading. */
  #prose(): string {
    return this.text.replaceAll(/^```[\s\S]*?^```$/gm, (block) => block.replaceAll(/\S/g, " "));
  }
}
