/**
 * Text → the form in which texts are compared, so that people find what they mean however they typed
 * it: case, accents, Arabic vowel marks, shapes of alef and yeh, teh marbuta and digits do not count.
 */
import { badUserInput } from "../kit/errors.ts";

export const maxTextLength = 100;

const folded: Readonly<Record<string, string>> = { ٱ: "ا", ى: "ي", ی: "ي", ک: "ك", ة: "ه" };

/** Arabic-Indic and Persian digits stand at the end of their blocks, zero at a multiple of sixteen. */
const asciiDigit = (digit: string): string => `${digit.charCodeAt(0) % 16}`;

/** "الإقامـة ١٢" → "الاقامه 12", "Café" → "cafe". Applying it again changes nothing. */
export const normalizeText = (text: string): string =>
  text
    .normalize("NFKD")
    // Marks, tatweel, and characters that steer direction and joining.
    .replace(/[\p{M}\p{Cf}\u0640]/gu, "")
    .replace(/[ٱىیکة]/g, (letter) => folded[letter] ?? letter)
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, asciiDigit)
    .toLowerCase()
    .replace(/\s+/g, " ")
    .trim();

/** Each text on a line of its own, so that no match runs from one into the next. */
export const searchTextOf = (texts: readonly string[]): string =>
  texts.map(normalizeText).join("\n");

/**
 * A client's search → the words that must all be found.
 * @throws GraphQLError BAD_USER_INPUT for more than 100 characters.
 */
export function readSearchWords(text: string | null | undefined): readonly string[] {
  if (text == null) return [];
  if (text.length > maxTextLength) {
    throw badUserInput(
      `\`filter.text\` may have up to ${maxTextLength} characters, not ${text.length}.`,
    );
  }
  return [...new Set(normalizeText(text).split(" "))].filter((word) => word !== "");
}
