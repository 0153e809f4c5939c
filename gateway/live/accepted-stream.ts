/**
 * Which stream an Accept header asks for, by name: wildcards mean JSON. `multipart/mixed` means a stream of
 * subscriptions only with its parameter `subscriptionSpec`; with other parameters it is about `@defer`.
 */
import { parseQualityList } from "../http/quality-list.ts";
import { remember } from "../http/remember.ts";
import { type Carrier, eventStream, multipartStream } from "./carriers.ts";

/** Parameters are read in lower case. */
const specVersion = "1.0";

export const acceptedStream = remember((accept): Carrier | undefined => {
  const ranges = parseQualityList(accept ?? "").filter(({ weight }) => weight > 0);
  const asked = ranges.filter(
    ({ value, parameters }) =>
      value === "text/event-stream" ||
      (value === "multipart/mixed" && parameters.get("subscriptionspec") === specVersion),
  );
  const [best] = asked.toSorted((one, other) => other.weight - one.weight);
  if (!best) return undefined;
  return best.value === "text/event-stream" ? eventStream : multipartStream;
});
