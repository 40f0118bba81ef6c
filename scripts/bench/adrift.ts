import { closeSync, openSync, writeFileSync, writeSync } from "node:fs"
import { join } from "node:path"

/** A world of its own for a program: its wall clock, and whether it can resolve names. */
export interface Adrift {
  /** What joins the environment of the program; its names in `.test` are this machine. */
  variables: Record<string, string>
  /** Steps the clock to so many ms from the true time. */
  clock(offMs: number): void
  names(there: boolean): void
}

/** Opens one that begins as the world is; the shim is `adrift` as `buildShim` made it. */
export function openAdrift(folder: string, shim: string): Adrift {
  const file = join(folder, "adrift")
  const world = new BigInt64Array(2)
  writeFileSync(file, world)
  const write = () => {
    // In place: a file that is cut off while it is mapped would end the program that looks.
    const open = openSync(file, "r+")
    writeSync(open, world)
    closeSync(open)
  }
  return {
    variables: { LD_PRELOAD: shim, ADRIFT: file },
    clock(offMs) {
      world[0] = BigInt(Math.round(offMs / 1000))
      write()
    },
    names(there) {
      world[1] = there ? 0n : 1n
      write()
    },
  }
}
