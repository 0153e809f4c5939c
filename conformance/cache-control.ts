/** How long an answer may be kept, as its `Cache-Control` says (RFC 9111 section 5.2.2). */

const directive = /^[!#$%&'*+.^_`|~0-9a-z-]+(?:=(?:[!#$%&'*+.^_`|~0-9a-z-]+|"[^"]*"))?$/i;

/** Seconds; undefined when it is not to be kept. */
export function maxAgeOf(header: string | undefined): number | undefined | "unreadable" {
  if (header === undefined || header.trim() === "") return undefined;
  const parts = header.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/).map((part) => part.trim());
  if (!parts.every((part) => directive.test(part))) return "unreadable";
  const named = new Map(
    parts.map((part) => {
      const [name = "", value = ""] = part.toLowerCase().split("=");
      return [name, value.replaceAll('"', "")] as const;
    }),
  );
  if (named.has("no-store") || named.has("no-cache")) return undefined;
  const age = named.get("s-maxage") ?? named.get("max-age");
  if (age === undefined) return undefined;
  return /^\d+$/.test(age) ? Number(age) : "unreadable";
}

export const isPublic = (header: string | undefined): boolean =>
  !/\b(?:private|no-store)\b/i.test(header ?? "");
