/** Counts the SQL statements that each request sends, so that a lost batch shows in logs and tests. */
import { AsyncLocalStorage } from "node:async_hooks";

export type StatementCounter = {
  /** Pass to `openDatabase`. */
  readonly onStatement: (sql: string) => void;
  /** Runs work and tells how many statements it sent. */
  readonly count: <Result>(
    work: () => Promise<Result>,
  ) => Promise<{ result: Result; statements: number }>;
};

export function createStatementCounter(): StatementCounter {
  const storage = new AsyncLocalStorage<{ statements: number }>();
  return {
    onStatement() {
      const counter = storage.getStore();
      if (counter) counter.statements += 1;
    },
    count: (work) => {
      const counter = { statements: 0 };
      return storage.run(counter, async () => ({
        result: await work(),
        statements: counter.statements,
      }));
    },
  };
}
