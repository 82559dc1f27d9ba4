/** Runs tasks in the order in which they came, and only a few of them at once. */
export class WorkQueue {
  readonly #maxAtOnce: number;
  readonly #waiting: (() => void)[] = [];
  #underWay = 0;

  constructor(maxAtOnce: number) {
    this.#maxAtOnce = maxAtOnce;
  }

  /** How many works wait for their turn. */
  get waiting(): number {
    return this.#waiting.length;
  }

  async run(work: () => Promise<void>): Promise<void> {
    if (this.#underWay < this.#maxAtOnce) this.#underWay++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next(); // it takes over the place
      else this.#underWay--;
    }
  }
}
