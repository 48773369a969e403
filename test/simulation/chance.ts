/**
 * A seeded source of chance: small, fast, and the same on every machine. Each actor and each process has a fork of its
 * own, so leaving one out changes nothing for the others. The names of forks are part of a seed: a renamed fork draws
 * other numbers.
 */
export class Chance {
  /** Whose chance it is. Together with the number of draws it identifies each draw. */
  readonly name: string;
  draws = 0;
  readonly #seed: number;
  /** Odd, and different for each fork: with one common step, all forks would be parts of one sequence. */
  readonly #step: number;
  #state: number;

  constructor(seed: number, name = '') {
    this.name = name;
    this.#seed = seed;
    this.#step = hash(name) | 1;
    this.#state = (Math.imul(seed, 2_654_435_761) ^ hash(`${seed}/${name}`)) >>> 0 || 1;
  }

  fork(name: string): Chance {
    return new Chance(this.#seed, name);
  }

  /** In [0, 1). */
  next(): number {
    this.draws += 1;
    this.#state = (this.#state + this.#step) >>> 0;
    let value = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  }

  happens(probability: number): boolean {
    return this.next() < probability;
  }

  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  pick<T>(list: readonly T[]): T {
    const found = list[this.below(list.length)];
    if (found === undefined) throw new Error('nothing to pick from');
    return found;
  }

  /** One of a list, each as likely as its weight says. */
  pickWeighted<T extends { readonly weight: number }>(list: readonly T[]): T {
    let left = this.below(list.reduce((sum, { weight }) => sum + weight, 0));
    const found = list.find(({ weight }) => {
      left -= weight;
      return left < 0;
    });
    if (found === undefined) throw new Error('nothing to pick from');
    return found;
  }
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let place = 0; place < text.length; place += 1) value = Math.imul(value ^ text.charCodeAt(place), 0x01000193);
  return value;
}
