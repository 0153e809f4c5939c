/**
 * The shop: four subgraphs in the shape of the public benchmark of federation gateways (accounts,
 * products, inventory, reviews), and the same graph as one schema, which says what is the right answer.
 */
const link = (names: string) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: [${names}])\n`;

export const subgraphSdl = {
  accounts: `${link('"@key", "@shareable"')}
    type Query { me: User, user(id: ID!): User, users: [User] }
    type User @key(fields: "id") { id: ID!, name: String, username: String @shareable, birthday: Int }`,
  products: `${link('"@key"')}
    type Query { topProducts(first: Int = 5): [Product] }
    type Product @key(fields: "upc") { upc: String!, name: String, price: Int, weight: Int }`,
  inventory: `${link('"@key", "@external", "@requires"')}
    type Product @key(fields: "upc") {
      upc: String!
      weight: Int @external
      price: Int @external
      inStock: Boolean
      shippingEstimate: Int @requires(fields: "price weight")
    }`,
  reviews: `${link('"@key", "@external", "@provides"')}
    type Review @key(fields: "id") {
      id: ID!
      body: String
      product: Product
      author: User @provides(fields: "username")
    }
    type User @key(fields: "id") { id: ID!, username: String @external, reviews: [Review] }
    type Product @key(fields: "upc") { upc: String!, reviews: [Review] }`,
} as const;

export type SubgraphName = keyof typeof subgraphSdl;
export const subgraphNames = Object.keys(subgraphSdl) as readonly SubgraphName[];

export const wholeSdl = `
  type Query { me: User, user(id: ID!): User, users: [User], topProducts(first: Int = 5): [Product] }
  type User { id: ID!, name: String, username: String, birthday: Int, reviews: [Review] }
  type Product {
    upc: String!, name: String, price: Int, weight: Int
    inStock: Boolean, shippingEstimate: Int, reviews: [Review]
  }
  type Review { id: ID!, body: String, product: Product, author: User }`;
