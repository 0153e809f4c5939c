/** The migrations of the services subgraph, in the order of their names. */
import { catalogue } from "./0001-catalogue.ts";
import { serviceUse } from "./0002-service-use.ts";
import { serviceRequests } from "./0003-service-requests.ts";
import { requestLife } from "./0020-request-life.ts";
import { search } from "./0030-search.ts";
import { serviceVersions } from "./0040-service-versions.ts";
import { categories } from "./0050-categories.ts";

export const migrations = {
  "0001-catalogue": catalogue,
  "0002-service-use": serviceUse,
  "0003-service-requests": serviceRequests,
  "0020-request-life": requestLife,
  "0030-search": search,
  "0040-service-versions": serviceVersions,
  "0050-categories": categories,
};
