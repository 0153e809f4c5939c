/** One subgraph of a graph that is composed on this machine. */
export type Part = {
  readonly name: string;
  readonly url: string;
  readonly sdl: string;
  /** Called before a supergraph with this SDL goes live. @throws when it cannot be served. */
  readonly serve?: (sdl: string) => void;
};
