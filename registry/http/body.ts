/** The body of a request: JSON up to a limit, held against a zod schema. */
import type { IncomingMessage } from "node:http";
import type { z } from "zod";
import { RegistryError } from "../errors.ts";

/** Enough for the SDL of a dozen large subgraphs at once. */
export const maxBodyBytes = 8 * 1024 * 1024;

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Read on and forgotten, so that the client can finish and see the answer.
    if (bytes <= maxBodyBytes) chunks.push(chunk);
    else if (bytes > 4 * maxBodyBytes) request.destroy();
  }
  if (bytes > maxBodyBytes)
    throw new RegistryError(
      "BODY_TOO_LARGE",
      `A request body may have ${maxBodyBytes} bytes at most.`,
    );
  return Buffer.concat(chunks).toString("utf8");
}

/** @throws RegistryError BAD_REQUEST that names every wrong member, BODY_TOO_LARGE */
export async function readBody<S extends z.ZodType>(
  request: IncomingMessage,
  schema: S,
): Promise<z.infer<S>> {
  const text = await readText(request);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RegistryError("BAD_REQUEST", "The request body is not JSON.");
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${path.join(".") || "the body"}: ${message}`,
  );
  throw new RegistryError("BAD_REQUEST", `The request body is wrong: ${problems.join("; ")}.`);
}
