/**
 * `npm run build [-- ENTRY OUTFILE]`: makes dist/waystation, one executable file with the runtime,
 * the program, its SQL and its pages inside.
 */
import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { commit, version } from "../src/version.ts"
import { cleanEnvironment } from "./environment.ts"

const root = resolve(import.meta.dir, "..")
const entry = resolve(process.argv[2] ?? join(root, "src/main.ts"))
const outfile = resolve(process.argv[3] ?? join(root, "dist/waystation"))

// A build that fails must not leave an older binary behind for the end-to-end tests to pass on.
rmSync(outfile, { force: true })
mkdirSync(dirname(outfile), { recursive: true })
// The binary carries its source map; the copy the bundler writes beside it is thrown away, and the
// rename means that nobody ever starts half a file.
const folder = mkdtempSync(join(dirname(outfile), "build-"))
const status = compile(join(folder, "waystation"))
if (status === 0) renameSync(join(folder, "waystation"), outfile)
rmSync(folder, { recursive: true, force: true })
if (status !== 0) process.exit(status)
console.log(`${outfile}: version ${version}, commit ${commit}, ${megabytes(outfile)} MB`)

/** Runs the bundler and gives its exit code. */
function compile(target: string): number {
  const { exitCode } = Bun.spawnSync(
    [
      process.execPath,
      "build",
      "--compile",
      "--minify",
      "--bytecode", // needs --format=esm
      "--format=esm",
      "--sourcemap",
      // Or the binary would run the .env and bunfig.toml of whatever folder it is started in.
      "--no-compile-autoload-dotenv",
      "--no-compile-autoload-bunfig",
      `--define=process.env.WAYSTATION_COMMIT=${JSON.stringify(commit)}`,
      entry,
      join(root, "src/carrier/thread.ts"),
      join(root, "src/store/disk/checkpoint-thread.ts"),
      join(root, "src/store/backup/copy-thread.ts"),
      `--outfile=${target}`,
    ],
    { cwd: root, env: cleanEnvironment(), stdio: ["ignore", "ignore", "inherit"] },
  )
  return exitCode
}

function megabytes(file: string): string {
  return (statSync(file).size / 1e6).toFixed(0)
}
