/**
 * `npm test [-- PATH…]`: everything a contributor runs, and what CI runs. Every step runs even
 * when one before it failed, so that one run shows all there is to mend. The last line is the
 * tests' count; the exit code is 0 only when every step went through.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { cleanEnvironment } from "./environment.ts"
import { type Counts, countsLine, parseCounts } from "./junit.ts"

interface Step {
  name: string
  command: string[]
  /** What to do when it fails. */
  advice: string
}

const root = resolve(import.meta.dir, "..")
const junitFile = join(root, "dist/junit.xml")
const bun = process.execPath
// In the file that CI keeps of a run, colours are noise.
const colors = process.stdout.isTTY ? "--colors=force" : "--colors=off"

const steps: Step[] = [
  {
    name: "format and lint",
    command: [join(root, "node_modules/.bin/biome"), "ci", "--error-on-warnings", colors, "."],
    advice: "`npm run format` mends the format; what it can't mend is listed above",
  },
  {
    name: "types",
    command: [bun, "check"],
    advice: "`npx bun check` lists them again",
  },
  {
    name: "build",
    command: [bun, join(root, "scripts/build.ts")],
    advice: "`npm run build` shows it again",
  },
  {
    name: "tests",
    command: [
      ...[
        bun,
        "test",
        "--randomize",
        "--timeout=30000",
        "--reporter=junit",
        `--reporter-outfile=${junitFile}`,
      ],
      ...testPaths(),
    ],
    advice: "`npx bun test FILE --seed=N` runs one file in the order shown above",
  },
]

// What the tests leave behind is gone with the run.
const temporary = mkdtempSync(join(tmpdir(), "waystation-tests-"))
// A file of an earlier run must not speak for this one.
mkdirSync(join(root, "dist"), { recursive: true })
rmSync(junitFile, { force: true })

const failed = steps.filter((step) => !run(step))
rmSync(temporary, { recursive: true, force: true })
const failures = failed.map((step) => `${step.name}: ${step.advice}`)
const counts = countTests()
if (counts === undefined) {
  failures.push("counts: the tests ended without a report; look for a process.exit in one of them")
} else if (counts.passed + counts.failed === 0) {
  failures.push("counts: not one test ran")
} else if (counts.failed > 0 && failures.length === 0) {
  failures.push("counts: a test failed, though the test run said it went well")
}
for (const failure of failures) console.log(`FAILED ${failure}`)
if (counts !== undefined) console.log(countsLine(counts))
process.exit(failures.length === 0 ? 0 : 1)

/** Runs one step to its end; true when it went through. */
function run(step: Step): boolean {
  console.log(`\n── ${step.name}`)
  const startedAt = performance.now()
  const { success } = Bun.spawnSync(step.command, {
    cwd: root,
    env: { ...cleanEnvironment(), TMPDIR: temporary },
    stdio: ["ignore", "inherit", "inherit"],
  })
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`── ${step.name}: ${success ? "ok" : "FAILED"} in ${seconds} s`)
  return success
}

/** The tests to run, as Bun takes them: a path starts with ./, anything else is a filter. */
function testPaths(): string[] {
  const paths = process.argv.slice(2)
  return paths.length === 0 ? ["./test/"] : paths
}

function countTests(): Counts | undefined {
  try {
    const counts = parseCounts(readFileSync(junitFile, "utf8"))
    // A file that doesn't load and an error between two tests fail the run but aren't in its
    // report, which would then read "0 failed".
    const outsideEveryTest = counts?.failed === 0 && failed.some(({ name }) => name === "tests")
    return counts && outsideEveryTest ? { ...counts, failed: 1 } : counts
  } catch {
    return undefined
  }
}
