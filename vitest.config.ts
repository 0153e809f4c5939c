import { defineConfig } from "vitest/config";

export default defineConfig({
  // graphql 16 has no `exports`: Vite would load index.mjs while its dependents load index.js, and
  // two copies of graphql refuse each other's schemas.
  resolve: { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] },
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["reflect-metadata"],
    globalSetup: ["test/support/global-setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
