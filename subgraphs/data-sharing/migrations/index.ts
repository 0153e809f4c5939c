/** The migrations of the data-sharing subgraph, in the order of their names. */
import { datasets } from "./0001-datasets.ts";
import { consents } from "./0002-consents.ts";

export const migrations = { "0001-datasets": datasets, "0002-consents": consents };
