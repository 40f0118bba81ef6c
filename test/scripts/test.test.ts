import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"

const root = resolve(import.meta.dir, "../..")
const passing = 'import { test } from "bun:test"\n\ntest("passes", () => {})\n'
const failing = 'import { test } from "bun:test"\n\ntest("fails", () => Promise.reject())\n'
let project: string

/** A project as small as one can be, with the real runner in it. */
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "waystation-test-run-"))
  for (const name of ["package.json", "biome.json", "tsconfig.json"]) {
    cpSync(join(root, name), join(project, name))
  }
  for (const name of ["build.ts", "environment.ts", "junit.ts", "test.ts"]) {
    cpSync(join(root, "scripts", name), join(project, "scripts", name))
  }
  symlinkSync(join(root, "node_modules"), join(project, "node_modules"))
  mkdirSync(join(project, "src"))
  cpSync(join(root, "src/version.ts"), join(project, "src/version.ts"))
  const threads = [
    "carrier/thread.ts",
    "store/disk/checkpoint-thread.ts",
    "store/backup/copy-thread.ts",
  ]
  for (const entry of ["main.ts", ...threads]) {
    mkdirSync(dirname(join(project, "src", entry)), { recursive: true })
    writeFileSync(join(project, "src", entry), "console.log(1)\n")
  }
})

afterAll(() => rmSync(project, { recursive: true, force: true }))

/** Runs `npm test` over these test files; gives the last line and the exit code. */
async function run(files: Record<string, string>): Promise<{ lastLine?: string; code: number }> {
  rmSync(join(project, "test"), { recursive: true, force: true })
  mkdirSync(join(project, "test"))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(project, "test", name), text)
  const runner = Bun.spawn([process.execPath, "scripts/test.ts"], {
    cwd: project,
    stdio: ["ignore", "pipe", "ignore"],
  })
  const lines = (await runner.stdout.text()).trimEnd().split("\n")
  return { lastLine: lines.at(-1), code: await runner.exited }
}

describe("npm test", () => {
  test("ends with the count and code 0 when everything passed", async () => {
    const { lastLine, code } = await run({ "a.test.ts": passing })
    expect(lastLine).toBe("1 passed, 0 failed")
    expect(code).toBe(0)
  }, 30_000)

  test("ends with the count and another code when a test failed", async () => {
    const { lastLine, code } = await run({ "a.test.ts": passing, "b.test.ts": failing })
    expect(lastLine).toBe("1 passed, 1 failed")
    expect(code).not.toBe(0)
  }, 30_000)

  test("a test file that doesn't load counts as a failure", async () => {
    const broken = 'throw new Error("broken")\n'
    const { lastLine, code } = await run({ "a.test.ts": passing, "b.test.ts": broken })
    expect(lastLine).toBe("1 passed, 1 failed")
    expect(code).not.toBe(0)
  }, 30_000)

  test("a test that ends the process is no good run, nor is an older report", async () => {
    await run({ "a.test.ts": passing })
    const exiting = 'import { test } from "bun:test"\n\ntest("ends", () => process.exit(0))\n'
    const { lastLine, code } = await run({ "a.test.ts": exiting })
    expect(lastLine).toStartWith("FAILED counts")
    expect(code).not.toBe(0)
  }, 30_000)

  test("a badly formatted file fails a run whose tests passed", async () => {
    const { lastLine, code } = await run({ "a.test.ts": passing.replaceAll('"', "'") })
    expect(lastLine).toBe("1 passed, 0 failed")
    expect(code).not.toBe(0)
  }, 30_000)
})
