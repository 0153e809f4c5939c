/**
 * The shop's rows: 6 users, 9 products, 11 reviews. As in the public benchmark one busy user is the
 * author of every review, and every user's `reviews` are the first two, so that the same few entities
 * appear many times in an answer.
 */
type User = { id: string; name: string; username: string; birthday: number };
type Product = {
  upc: string;
  name: string;
  price: number;
  weight: number;
  inStock: boolean;
};
type Review = { id: string; body: string; upc: string; authorId: string };

const words =
  "solid light heavy arrived early late well packed colour matches photo would buy again not for small rooms easy to clean my family likes it".split(
    " ",
  );

/** Text of about `length` characters, the same for the same seed. */
function prose(length: number, seed: number): string {
  let text = "";
  for (let index = seed; text.length < length; index += 7) {
    text += `${text ? " " : ""}${words[(index * (seed + 3)) % words.length]}`;
  }
  return text.slice(0, length);
}

export const users: readonly User[] = [
  ["Amal Haddad", "amal"],
  ["Bilal Rahimi", "bilal.rahimi"],
  ["Chitra Menon", "chitramenon"],
  ["Dawud Okoye", "dawud"],
  ["Elif Demir", "elif.demir"],
  ["Farah Naguib", "farah"],
].map(([name = "", username = ""], index) => ({
  id: String(index + 1),
  name,
  username,
  birthday: 631_152_000 + index * 86_400,
}));

export const products: readonly Product[] = [
  ["Desk", 899, 100],
  ["Bed", 1299, 1000],
  ["Mug", 15, 20],
  ["Stool", 499, 100],
  ["Screen", 1299, 1000],
  ["Lantern", 6999, 300],
  ["Oven", 3999, 2000],
  ["Freezer", 100_000, 6000],
  ["Bench", 9999, 800],
].map(([name, price, weight], index) => ({
  upc: String(index + 1),
  name: String(name),
  price: Number(price),
  weight: Number(weight),
  inStock: index % 3 === 0,
}));

export const reviews: readonly Review[] = [
  [446, "1"],
  [290, "1"],
  [276, "1"],
  [145, "1"],
  [446, "2"],
  [290, "2"],
  [276, "2"],
  [145, "2"],
  [145, "3"],
  [145, "4"],
  [838, "4"],
].map(([length, upc], index) => ({
  id: String(index + 1),
  body: prose(Number(length), index + 1),
  upc: String(upc),
  authorId: "1",
}));

export const userById = new Map(users.map((user) => [user.id, user]));
export const productByUpc = new Map(products.map((product) => [product.upc, product]));
export const reviewById = new Map(reviews.map((review) => [review.id, review]));

export const reviewsOfUser = (): readonly Review[] => reviews.slice(0, 2);
export const reviewsOfProduct = (upc: string): readonly Review[] =>
  reviews.filter((review) => review.upc === upc);

export function shippingEstimate({ price, weight }: { price: number; weight: number }): number {
  return price > 1000 ? 0 : Math.floor(weight / 2);
}
