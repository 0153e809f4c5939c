/**
 * `Accept` and `Accept-Encoding`: comma-separated values with a weight `q` from 0 to 1
 * (RFC 9110 section 12.4.2). Members whose weight is malformed are left out.
 */

export type Weighted = {
  /** Lower case, without parameters. */
  readonly value: string;
  /** Lower-case names and values, unquoted; `q` is not among them. */
  readonly parameters: ReadonlyMap<string, string>;
  /** 0 means: not acceptable. */
  readonly weight: number;
};

const weightPattern = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

function parseMember(member: string): Weighted {
  const [value = "", ...rest] = member.toLowerCase().split(";");
  const parameters = new Map(
    rest.map((parameter) => {
      const [name = "", text = ""] = parameter.split("=", 2);
      return [name.trim(), text.trim().replace(/^"(.*)"$/, "$1")];
    }),
  );
  const q = parameters.get("q") ?? "1";
  parameters.delete("q");
  return { value: value.trim(), parameters, weight: weightPattern.test(q) ? Number(q) : NaN };
}

export function parseQualityList(header: string): readonly Weighted[] {
  return header
    .split(",")
    .map(parseMember)
    .filter(({ value, weight }) => value !== "" && !Number.isNaN(weight));
}
