/** The tests start a redis-server of their own: this sees to it that there is one. */
import { existsSync } from "node:fs";
import { LauncherError, must, runProcess, say } from "./process.mjs";

const howToInstall = `The tests need redis-server 7 or later on the PATH. Install it, and run them again:
  Debian, Ubuntu  sudo apt-get install redis-server
  Fedora          sudo dnf install redis
  macOS           brew install redis`;

async function works(command, args, root) {
  try {
    return (await runProcess(command, args, { root, stdio: "ignore" })) === 0;
  } catch {
    return false;
  }
}

/** Debian starts what it installs; nobody asked for a server that runs from now on. */
async function stopService(root) {
  const hasSystemd = existsSync("/run/systemd/system");
  if (hasSystemd) await works("systemctl", ["disable", "--now", "redis-server"], root);
  else await works("service", ["redis-server", "stop"], root);
}

export async function installRedis(root) {
  if (await works("redis-server", ["--version"], root)) return;
  const mayInstall = process.getuid?.() === 0 && (await works("apt-get", ["--version"], root));
  if (!mayInstall) throw new LauncherError(howToInstall);
  say("Installing redis-server (apt-get) …");
  const options = { root, stdout: "stderr", env: { DEBIAN_FRONTEND: "noninteractive" } };
  const packages = ["install", "-y", "-qq", "--no-install-recommends", "redis-server"];
  await must("apt-get update", "apt-get", ["update", "-qq"], options);
  await must("Installing redis-server", "apt-get", packages, options);
  await stopService(root);
}
