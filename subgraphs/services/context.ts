/** What the resolvers of this subgraph can reach, made anew for each request. */
import type { BaseContext } from "../kit/define-subgraph.ts";
import { createLoaders, type Loaders } from "./loaders.ts";
import type { ServicesTables } from "./tables.ts";

export type ServicesContext = BaseContext<ServicesTables> & { readonly loaders: Loaders };

export const createContext = (base: BaseContext<ServicesTables>): ServicesContext => ({
  ...base,
  loaders: createLoaders(base.db, base.principal),
});
