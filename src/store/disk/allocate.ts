import { dlopen } from "bun:ffi"
import { closeSync, openSync, rmSync } from "node:fs"

/**
 * Makes a file that has all of its blocks and writes none of them: zeros would wear a card, and a
 * file system may keep nothing of them. Answers whether it could be made.
 *
 * @param size in bytes
 */
export function allocateFile(path: string, size: number): boolean {
  const file = openSync(path, "w", 0o600)
  const made = allocate(file, size)
  closeSync(file)
  if (!made) rmSync(path)
  return made
}

function allocate(file: number, size: number): boolean {
  try {
    const { symbols, close } = dlopen("libc.so.6", {
      posix_fallocate: { args: ["int", "i64", "i64"], returns: "int" },
    })
    const problem = symbols.posix_fallocate(file, 0, size)
    close()
    return problem === 0
  } catch {
    // No foreign functions here (LimitAS takes them away): the low-water mark must do.
    return false
  }
}
