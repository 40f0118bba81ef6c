import { readFileSync } from "node:fs"
import { join, resolve } from "node:path"

/** A text file of the project; `path` starts at its root, with slashes. */
export interface File {
  path: string
  text: string
}

const root = resolve(import.meta.dir, "../..")

/** Every file that git keeps or is about to keep; what .gitignore names is left out. */
export function projectFiles(): File[] {
  const list = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"]
  const git = Bun.spawnSync(["git", "-C", root, ...list])
  if (!git.success) throw new Error(`git lists no files: ${git.stderr}`)
  const paths = git.stdout.toString().split("\0")
  return paths.filter((path) => path !== "").flatMap(read)
}

/** A file deleted but not yet committed is still on git's list, and is left out. */
function read(path: string): File[] {
  try {
    return [{ path, text: readFileSync(join(root, path), "utf8") }]
  } catch {
    return []
  }
}
