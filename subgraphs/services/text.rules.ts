/**
 * Text → the form in which texts are compared, so that somebody finds what they mean however they
 * typed it: case, accents, vowel marks, the shapes of alef, yeh, teh marbuta and digits do not count.
 * Unicode's compatibility decomposition does most of it: it takes ligatures apart and hamza off its seat.
 */
import { badUserInput } from "../kit/errors.ts";

export const searchTextLimit = 100;

const foldedLetters: Readonly<Record<string, string>> = {
  ٱ: "ا",
  ى: "ي",
  ی: "ي",
  ک: "ك",
  ة: "ه",
};

const zeros = [0x0660, 0x06f0];

function asciiDigit(digit: string): string {
  const code = digit.charCodeAt(0);
  const zero = zeros.find((start) => code >= start && code < start + 10) ?? code;
  return `${code - zero}`;
}

/** "الإقامـة ١٢" → "الاقامه 12", "Café" → "cafe". Applying it again changes nothing. */
export const normalizeText = (text: string): string =>
  text
    .normalize("NFKD")
    // Marks (vowels, hamza above, accents), tatweel, and characters that steer direction and joining.
    .replace(/[\p{M}\p{Cf}\u0640]/gu, "")
    .replace(/[ٱىیکة]/g, (letter) => foldedLetters[letter] ?? letter)
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, asciiDigit)
    .toLowerCase()
    .replace(/\s+/g, " ")
    .trim();

/** One text of many, each on a line of its own, so that no match runs from one into the next. */
export const searchTextOf = (texts: readonly string[]): string =>
  texts.map(normalizeText).join("\n");

/**
 * A search text as a client gave it → what to look for; undefined when it says nothing.
 * @throws GraphQLError BAD_USER_INPUT when it is longer than any name.
 */
export function readSearchText(
  text: string | null | undefined,
  argument = "text",
): string | undefined {
  if (text == null) return undefined;
  if (text.length > searchTextLimit) {
    throw badUserInput(
      `\`${argument}\` must have at most ${searchTextLimit} characters, not ${text.length}.`,
    );
  }
  return normalizeText(text) || undefined;
}
