/** Reads a text of opening hours from left to right, and refuses it at the place where it goes wrong. */

/** Thrown when a text is outside of the grammar; `position` counts characters from 1. */
export class OpeningHoursSyntaxError extends Error {
  override readonly name = "OpeningHoursSyntaxError";
  readonly position: number;

  constructor(text: string, position: number, expected: string) {
    const found = position > text.length ? "the end" : `"${text.slice(position - 1)}"`;
    super(
      `Opening hours "${text}": expected ${expected} at character ${position}, found ${found}.`,
    );
    this.position = position;
  }
}

/** `take` moves on when the pattern is next, and gives what it took; undefined when it is not next. */
export type Scanner = {
  readonly take: (pattern: RegExp) => string | undefined;
  readonly done: () => boolean;
  /** @throws OpeningHoursSyntaxError at the current place, or `back` characters before it. */
  readonly refuse: (expected: string, back?: number) => never;
};

export function createScanner(text: string): Scanner {
  let position = 0;
  return {
    take(pattern) {
      const sticky = new RegExp(pattern.source, "y");
      sticky.lastIndex = position;
      const found = sticky.exec(text)?.[0];
      position += found?.length ?? 0;
      return found;
    },
    done: () => position === text.length,
    refuse(expected, back = 0) {
      throw new OpeningHoursSyntaxError(text, position - back + 1, expected);
    },
  };
}
