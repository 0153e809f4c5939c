/** What the load asks for, and the right answer by one graphql-js schema over the same rows. */
import { buildSchema, execute, parse } from "graphql";
import { wholeResolvers } from "./resolvers.ts";
import { wholeSdl } from "./schemas.ts";

export const operations = {
  deep: `
    query Deep {
      users {
        ...Person
        reviews { ...Opinion product { ...Item reviews { ...Opinion author { ...Person reviews { ...Opinion product { ...Item } } } } } }
      }
      topProducts {
        ...Item
        reviews { ...Opinion author { ...Person reviews { ...Opinion product { ...Item } } } }
      }
    }
    fragment Person on User { id username name }
    fragment Opinion on Review { id body }
    fragment Item on Product { inStock name price shippingEstimate upc weight }`,
  small: "{ me { id name } }",
} as const;

export type OperationName = keyof typeof operations;

/** `{ data }` as a gateway must answer it, keys in the order of the operation. */
export function rightAnswer(operation: OperationName): { readonly data: unknown } {
  const { data, errors } = execute({
    schema: buildSchema(wholeSdl),
    document: parse(operations[operation]),
    fieldResolver(source: Record<string, unknown>, args, _context, { parentType, fieldName }) {
      const resolve = wholeResolvers[parentType.name]?.[fieldName];
      return typeof resolve === "function" ? resolve(source, args) : source[fieldName];
    },
  }) as { data?: unknown; errors?: readonly Error[] };
  if (errors?.[0]) throw errors[0];
  return { data: JSON.parse(JSON.stringify(data)) };
}
