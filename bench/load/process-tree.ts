/** What a process and its descendants have used, from Linux's /proc. */
import { readdirSync, readFileSync } from "node:fs";
import { execFileSync } from "node:child_process";

export type Usage = { readonly cpuMs: number; readonly rssBytes: number };

const ticksPerSecond = Number(execFileSync("getconf", ["CLK_TCK"]).toString());
const pageBytes = Number(execFileSync("getconf", ["PAGESIZE"]).toString());

type Stat = { readonly pid: number; readonly parent: number; readonly usage: Usage };

/** Fields are counted after the command's closing parenthesis, since the command may hold spaces. */
function readStat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const [parent, user, system, pages] = [1, 11, 12, 21].map((index) => Number(fields[index]));
    const cpuMs = (((user ?? 0) + (system ?? 0)) * 1000) / ticksPerSecond;
    return { pid, parent: parent ?? 0, usage: { cpuMs, rssBytes: (pages ?? 0) * pageBytes } };
  } catch {
    return undefined; // It ended meanwhile.
  }
}

/** The sum over the tree; processes that ended before are not in it. */
export function usageOfTree(root: number): Usage {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readStat(Number(name)) ?? []);
  const inTree = new Set([root]);
  for (let before = 0; before !== inTree.size;) {
    before = inTree.size;
    for (const { pid, parent } of all) if (inTree.has(parent)) inTree.add(pid);
  }
  let cpuMs = 0;
  let rssBytes = 0;
  for (const { pid, usage } of all) {
    if (!inTree.has(pid)) continue;
    cpuMs += usage.cpuMs;
    rssBytes += usage.rssBytes;
  }
  return { cpuMs, rssBytes };
}
