/** Whether some error lies at a path, below it, or above it; as quick for ten thousand errors as for one. */

const textOf = (path: readonly (string | number)[]): string => JSON.stringify(path);

export function createPathIndex(
  errors: readonly { readonly path: readonly (string | number)[] }[],
): (path: readonly (string | number)[]) => boolean {
  if (errors.length === 0) return () => false;
  const whole = new Set<string>();
  const beginnings = new Set<string>();
  for (const { path } of errors) {
    whole.add(textOf(path));
    for (let length = 0; length <= path.length; length += 1) {
      beginnings.add(textOf(path.slice(0, length)));
    }
  }
  return (path) => {
    if (beginnings.has(textOf(path))) return true;
    for (let length = path.length; length >= 0; length -= 1) {
      if (whole.has(textOf(path.slice(0, length)))) return true;
    }
    return false;
  };
}
