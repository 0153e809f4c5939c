/** The migrations of the data-sharing subgraph, in the order of their names. */
import { catalogue } from "./0001-catalogue.ts";
import { consents } from "./0002-consents.ts";
import { toolkit } from "./0003-toolkit.ts";
import { accessLog } from "./0004-access-log.ts";
import { sharing } from "./0005-sharing.ts";
import { products } from "./0006-products.ts";
import { grantOperations } from "./0007-grant-operations.ts";
import { appendAccesses } from "./0011-append-accesses.ts";
import { publishedHeads } from "./0010-published-heads.ts";
import { sharingStatistics } from "./0009-sharing-statistics.ts";
import { toolkitEditions } from "./0008-toolkit-editions.ts";

export const migrations = {
  "0001-catalogue": catalogue,
  "0002-consents": consents,
  "0003-toolkit": toolkit,
  "0004-access-log": accessLog,
  "0005-sharing": sharing,
  "0006-products": products,
  "0007-grant-operations": grantOperations,
  "0008-toolkit-editions": toolkitEditions,
  "0009-sharing-statistics": sharingStatistics,
  "0010-published-heads": publishedHeads,
  "0011-append-accesses": appendAccesses,
};
