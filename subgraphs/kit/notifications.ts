/**
 * PostgreSQL's LISTEN behind one function for both databases: `listen(db, channel, onNotify)`.
 * A notification only wakes; what changed is read from tables, so that a lost one loses nothing:
 * after a broken connection every listener is woken once. One connection serves all listeners.
 */
import type { PGlite } from "@electric-sql/pglite";
import type { Kysely } from "kysely";
import type pg from "pg";
import type { Log } from "../../platform/log.ts";

/** Ends the listening. */
export type StopListening = () => Promise<void>;
/** With the notification's payload; without one when notifications may have been lost. */
export type OnNotify = (payload?: string) => void;
export type Listen = (channel: string, onNotify: OnNotify) => Promise<StopListening>;

const listenOf = new WeakMap<object, Listen>();

/** `openDatabase` tells how one listens on what it opened. */
export const provideListen = <Tables>(db: Kysely<Tables>, listenOn: Listen): void => {
  listenOf.set(db, listenOn);
};

/**
 * Calls `onNotify` after each committed `pg_notify(channel, …)`; resolves when it listens.
 * @param channel lower-case letters and underscores.
 * @throws Error when the database was not opened by `openDatabase`, or cannot be reached.
 */
export function listen<Tables>(
  db: Kysely<Tables>,
  channel: string,
  onNotify: OnNotify,
): Promise<StopListening> {
  const listenOn = listenOf.get(db);
  if (!listenOn)
    throw new Error("Listen on the database that `openDatabase` gave, not on another.");
  if (!/^[a-z_]+$/.test(channel)) throw new Error(`"${channel}" is no name of a channel.`);
  return listenOn(channel, onNotify);
}

export const listenOnPglite =
  (pglite: PGlite): Listen =>
  async (channel, onNotify) => {
    const stop = await pglite.listen(channel, onNotify);
    return async () => {
      if (!pglite.closed) await stop();
    };
  };

const retryMilliseconds = 500;

/** Listens by a connection of its own, opened for the first listener and closed after the last. */
export function createPostgresListener(
  createClient: () => pg.Client,
  log: Log,
): { readonly listen: Listen; readonly close: () => Promise<void> } {
  const listeners = new Map<string, Set<OnNotify>>();
  let connection: Promise<pg.Client> | undefined;
  let retry: NodeJS.Timeout | undefined;

  const wake = (channel: string, payload?: string) =>
    listeners.get(channel)?.forEach((onNotify) => onNotify(payload));

  async function open(): Promise<pg.Client> {
    const client = createClient();
    client.on("error", (error) => log.warn({ err: error }, "the listening connection broke"));
    client.on("end", reconnect);
    client.on("notification", ({ channel, payload }) => wake(channel, payload ?? ""));
    await client.connect();
    for (const channel of listeners.keys()) await client.query(`listen "${channel}"`);
    return client;
  }

  function connect(): Promise<pg.Client> {
    connection ??= open().catch((error: unknown) => {
      connection = undefined;
      throw error;
    });
    return connection;
  }

  function reconnect(): void {
    connection = undefined;
    if (listeners.size === 0) return;
    clearTimeout(retry);
    retry = setTimeout(() => {
      connect().then(() => [...listeners.keys()].forEach((channel) => wake(channel)), reconnect);
    }, retryMilliseconds);
  }

  async function close(): Promise<void> {
    clearTimeout(retry);
    listeners.clear();
    const open = connection;
    connection = undefined;
    await open?.then((client) => client.end()).catch(() => {});
  }

  async function remove(channel: string, onNotify: OnNotify): Promise<void> {
    const ofChannel = listeners.get(channel);
    if (!ofChannel?.delete(onNotify) || ofChannel.size > 0) return;
    listeners.delete(channel);
    if (listeners.size === 0) return close();
    await connection?.then((client) => client.query(`unlisten "${channel}"`)).catch(() => {});
  }

  return {
    close,
    async listen(channel, given) {
      // Wrapped, so that the same function may listen twice.
      const onNotify: OnNotify = (payload) => given(payload);
      listeners.set(channel, (listeners.get(channel) ?? new Set()).add(onNotify));
      try {
        const client = await connect();
        await client.query(`listen "${channel}"`);
      } catch (error) {
        await remove(channel, onNotify);
        throw error;
      }
      return () => remove(channel, onNotify);
    },
  };
}
