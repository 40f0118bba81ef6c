import { fileURLToPath } from "node:url"
import packageJson from "../package.json" with { type: "json" }

/** The version in package.json, which the binary carries inside it. */
export const version: string = packageJson.version

/**
 * The commit this was made from, short; "unknown" outside a checkout. The build replaces the
 * variable by its value, so the binary neither reads it nor asks git.
 */
export const commit: string = process.env.WAYSTATION_COMMIT ?? commitOfCheckout()

function commitOfCheckout(): string {
  // Naming our own .git keeps git from answering for a program that has us in its node_modules.
  const gitFolder = fileURLToPath(new URL("../.git", import.meta.url))
  try {
    const git = Bun.spawnSync(["git", "--git-dir", gitFolder, "rev-parse", "--short", "HEAD"])
    return git.success ? git.stdout.toString().trim() : "unknown"
  } catch {
    return "unknown"
  }
}
