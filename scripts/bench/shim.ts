import { join } from "node:path"

/** What a program can be preloaded with (LD_PRELOAD); each is a file in C beside this one. */
type Shim = "slow-fsync" | "adrift"

/** Compiles a shim into this folder, or says why it can't be. */
export function buildShim(folder: string, shim: Shim): { file: string } | { problem: string } {
  const cc = Bun.which("cc")
  if (cc === null) return { problem: "there is no C compiler (cc); Debian has it in gcc" }
  const file = join(folder, `${shim}.so`)
  const source = join(import.meta.dir, `${shim}.c`)
  const options = ["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
  const { exitCode, stderr } = Bun.spawnSync([cc, ...options, "-o", file, source])
  return exitCode === 0 ? { file } : { problem: `cc says ${stderr}` }
}
