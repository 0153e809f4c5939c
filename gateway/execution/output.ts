/**
 * Where an answer is written: bytes that grow as needed. There is one for the whole process, since an
 * answer is written in one go; what is done is copied out of it.
 */

export type Output = {
  bytes: Buffer;
  length: number;
  /** By the index of a place: whether objects there were found to be one and the same. */
  isShared: readonly (boolean | undefined)[];
  /** By the number of the function that wrote them: where shared objects begin and how long they are. */
  readonly written: (Map<object, Span> | undefined)[];
};

export type Span = { readonly start: number; readonly length: number };

/** An answer longer than this gets memory of its own, which goes with it. */
const keptBytes = 4 * 1024 * 1024;

export const createOutput = (): Output => ({
  bytes: Buffer.allocUnsafeSlow(64 * 1024),
  length: 0,
  isShared: [],
  written: [],
});

/** Makes room for so many more bytes. */
export function reserve(output: Output, count: number): void {
  const needed = output.length + count;
  if (needed <= output.bytes.length) return;
  const larger = Buffer.allocUnsafeSlow(Math.max(needed, output.bytes.length * 2));
  output.bytes.copy(larger, 0, 0, output.length);
  output.bytes = larger;
}

export function writeBytes(output: Output, given: Uint8Array): void {
  reserve(output, given.length);
  const { bytes, length } = output;
  // Most are a comma and a name: a loop is quicker than a call.
  if (given.length < 48) {
    for (let index = 0; index < given.length; index += 1) {
      bytes[length + index] = given[index] as number;
    }
  } else {
    bytes.set(given, length);
  }
  output.length = length + given.length;
}

/** Text of ASCII characters that need no escape. */
export function writeAscii(output: Output, text: string): void {
  reserve(output, text.length);
  const { bytes, length } = output;
  for (let index = 0; index < text.length; index += 1) {
    bytes[length + index] = text.charCodeAt(index);
  }
  output.length = length + text.length;
}

export function writeUtf8(output: Output, text: string): void {
  reserve(output, text.length * 3);
  output.length += output.bytes.write(text, output.length, "utf8");
}

/** A string as JSON. */
export function writeString(output: Output, text: string): void {
  const count = text.length;
  if (count > 128) return writeUtf8(output, JSON.stringify(text));
  reserve(output, count + 2);
  const { bytes } = output;
  let at = output.length;
  bytes[at] = 0x22;
  for (let index = 0; index < count; index += 1) {
    const code = text.charCodeAt(index);
    // Control characters, the quote, the backslash, and all that is not ASCII.
    if (code < 0x20 || code === 0x22 || code === 0x5c || code > 0x7e)
      return writeUtf8(output, JSON.stringify(text));
    at += 1;
    bytes[at] = code;
  }
  bytes[at + 1] = 0x22;
  output.length = at + 2;
}

/** What was written once is written again. */
export function repeat(output: Output, { start, length }: Span): void {
  reserve(output, length);
  output.bytes.copyWithin(output.length, start, start + length);
  output.length += length;
}

/** Takes the bytes out, and leaves the output empty for the next answer. */
export function take(output: Output): Buffer {
  const taken = Buffer.from(output.bytes.subarray(0, output.length));
  if (output.bytes.length > keptBytes) output.bytes = Buffer.allocUnsafeSlow(64 * 1024);
  output.length = 0;
  output.written.length = 0;
  output.isShared = [];
  return taken;
}
