/** How each subgraph, and the whole shop as one schema, answer from the rows. */
import {
  productByUpc,
  products,
  reviewById,
  reviewsOfProduct,
  reviewsOfUser,
  shippingEstimate,
  userById,
  users,
} from "./data.ts";
import type { SubgraphName } from "./schemas.ts";

type Id = { readonly id: string };
type Upc = { readonly upc: string };
type Review = { readonly upc: string; readonly authorId: string };
type Weighed = { readonly price: number; readonly weight: number };

const accountsQuery = {
  me: () => users[0],
  user: (_: unknown, { id }: Id) => userById.get(id),
  users: () => users,
};
const productsQuery = {
  topProducts: (_: unknown, { first }: { first: number }) => products.slice(0, first),
};

export const subgraphResolvers: Readonly<Record<SubgraphName, object>> = {
  accounts: {
    Query: accountsQuery,
    User: { __resolveReference: ({ id }: Id) => userById.get(id) },
  },
  products: {
    Query: productsQuery,
    Product: { __resolveReference: ({ upc }: Upc) => productByUpc.get(upc) },
  },
  inventory: {
    Product: {
      // The representation brings price and weight; only the stock is the inventory's own.
      __resolveReference: (given: Upc) => given,
      inStock: ({ upc }: Upc) => productByUpc.get(upc)?.inStock,
      shippingEstimate: (given: Weighed) => shippingEstimate(given),
    },
  },
  reviews: {
    Review: {
      __resolveReference: ({ id }: Id) => reviewById.get(id),
      product: ({ upc }: Review) => ({ upc }),
      author: ({ authorId }: Review) => userById.get(authorId),
    },
    User: { __resolveReference: ({ id }: Id) => ({ id }), reviews: reviewsOfUser },
    Product: {
      __resolveReference: ({ upc }: Upc) => ({ upc }),
      reviews: ({ upc }: Upc) => reviewsOfProduct(upc),
    },
  },
};

export const wholeResolvers: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  Query: { ...accountsQuery, ...productsQuery },
  User: { reviews: reviewsOfUser },
  Product: { shippingEstimate, reviews: ({ upc }: Upc) => reviewsOfProduct(upc) },
  Review: {
    product: ({ upc }: Review) => productByUpc.get(upc),
    author: ({ authorId }: Review) => userById.get(authorId),
  },
};
