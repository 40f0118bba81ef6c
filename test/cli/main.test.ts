import { describe, expect, test } from "bun:test"
import packageJson from "../../package.json" with { type: "json" }
import { waystation } from "./waystation.ts"

const asking = ["status", "messages", "replay", "discard", "pause", "resume"]
const commands = [
  "run",
  "check",
  "convert",
  "send",
  ...asking,
  "backup",
  "restore",
  "verify",
  "key",
]

describe("waystation", () => {
  test("--version prints the version and the commit", async () => {
    const { code, stdout } = await waystation(["--version"])
    expect(code).toBe(0)
    expect(stdout).toStartWith(`waystation ${packageJson.version} (`)
    expect(stdout.trim()).toMatch(/ \((?:[0-9a-f]{7,}|unknown)\)$/)
  })

  test.each([["--help"], ["-h"], ["help"]])(
    "%s lists every command and the exit codes",
    async (word) => {
      const { code, stdout, stderr } = await waystation([word])
      expect(code).toBe(0)
      expect(stderr).toBe("")
      for (const name of commands) expect(stdout).toMatch(new RegExp(`^  ${name} `, "m"))
      expect(stdout).toContain("Exit codes:")
    },
  )

  test.each(commands)("%s --help says how it is used, and its exit codes", async (name) => {
    const { code, stdout, stderr } = await waystation([name, "--help"])
    expect([code, stderr]).toEqual([0, ""])
    expect(stdout).toStartWith(`usage: waystation ${name}`)
    expect(stdout).toContain("Exit codes:")
    expect(await waystation([name, "-h", "--no-such-option"])).toMatchObject({ code: 0, stdout })
  })

  test("without a command says so, and how it is used", async () => {
    const { code, stdout, stderr } = await waystation([])
    expect([code, stdout]).toEqual([64, ""])
    expect(stderr).toStartWith("waystation: a command is missing\n\n")
    expect(stderr).toContain("usage: waystation COMMAND")
  })

  test.each(["fly", "constructor", "--no-such-option"])("has no command %s", async (word) => {
    const { code, stderr } = await waystation([word])
    expect(code).toBe(64)
    expect(stderr).toContain(`there is no command ${word}`)
    expect(stderr).toContain("usage: waystation COMMAND")
  })

  test.each([
    [["run", "--port", "1"], "--port"],
    [["run", "extra"], "extra"],
    [["run", "--config"], "--config"],
    [["check"], "--config FILE is missing"],
    [["check", "--config", "a", "b"], "'b'"],
    [["convert"], "a FILE is missing"],
    [["key"], "--out DIR is missing"],
    [["key", "--alg", "HS256", "--out", "a"], "--alg takes RS384 or ES384, not HS256"],
    [["convert", "--json", "-"], "--json"],
    [["send", "-"], "--to HOST:PORT is missing"],
    [["send", "--to", "127.0.0.1", "-"], "--to takes HOST:PORT"],
    [["send", "--to", "127.0.0.1:99999", "-"], "--to takes HOST:PORT"],
    [["send", "--to", "127.0.0.1:1"], "a FILE is missing"],
    [["send", "--to", "127.0.0.1:1", "--timeout", "soon", "-"], "--timeout takes"],
    [["send", "--to", "127.0.0.1:1", "--timeout", "9999999", "-"], "--timeout takes"],
  ])("%j is wrong arguments: 64, what is wrong, and the command's usage", async (args, problem) => {
    const { code, stdout, stderr } = await waystation(args)
    expect([code, stdout]).toEqual([64, ""])
    expect(stderr.split("\n")[0]).toStartWith(`waystation ${args[0]}: `)
    expect(stderr.split("\n")[0]).toContain(problem)
    expect(stderr).toContain(`usage: waystation ${args[0]}`)
    expect(stderr).toEndWith(`More: waystation ${args[0]} --help\n`)
    expect(stderr.split("\n").length).toBeLessThan(12)
  })
})
