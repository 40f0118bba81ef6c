import { expect, test } from "bun:test"
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { temporaryFolder } from "../build.ts"
import { waystation } from "./waystation.ts"

function configFile(text: string): string {
  const path = join(temporaryFolder(), "waystation.toml")
  writeFileSync(path, text)
  return path
}

test("check of a configuration that holds says what is in it, and exits 0", async () => {
  const path = "config/two-sources.toml"
  const { code, stdout, stderr } = await waystation(["check", "--config", path])
  expect([code, stderr]).toEqual([0, ""])
  expect(stdout).toContain(`${path} holds: site siaya-02, 2 sources, 2 destinations, 2 routes`)
})

test("check reads the code maps beside the configuration and says how large they are", async () => {
  const path = "config/code-maps.toml"
  const { code, stdout, stderr } = await waystation(["check", "--config", path])
  expect([code, stderr]).toEqual([0, ""])
  expect(stdout).toContain("1 route, 5 codes in lab-tests, 2 codes in units")
})

test("check lists everything that is wrong, a line each, and exits 1", async () => {
  const path = configFile(
    '[site]\n[source.lab]\nkind = "fax"\n[[route]]\nfrom = ["ward"]\nto = []\n',
  )
  const { code, stdout, stderr } = await waystation(["check", "--config", path])
  expect([code, stdout]).toEqual([1, ""])
  expect(stderr.trimEnd().split("\n").toSorted()).toEqual([
    "route[0].from: no [source.ward] stands in the configuration; there is lab",
    "route[0].to: must name at least one",
    "site.id: is required",
    'source.lab.kind: must be one of "mllp", "http"',
  ])
})

test("check finds the files a configuration names beside it, wherever it is started", async () => {
  const path = configFile(
    `[site]\nid = "test"\n[destination.central]\nkind = "fhir"\nurl = "http://127.0.0.1:1"\n` +
      `[destination.central.auth]\nkind = "bearer"\ntokenFile = "keys/token"\n`,
  )
  const whole = join(dirname(path), "keys", "token")
  const checked = () => waystation(["check", "--config", path], { cwd: temporaryFolder() })
  const says = `destination.central.auth.tokenFile: ${whole} can't be read: there is no such file\n`
  expect(await checked()).toMatchObject({ code: 1, stderr: says })
  mkdirSync(dirname(whole))
  writeFileSync(whole, "a-token\n", { mode: 0o600 })
  const { code, stdout } = await checked()
  expect([code, stdout]).toEqual([0, expect.stringContaining("0 sources, 1 destination, 0 routes")])
})

test("check of a file that is not there, or is not TOML, names it and exits 1", async () => {
  const gone = await waystation(["check", "--config", "no-such-file.toml"])
  expect(gone.code).toBe(1)
  expect(gone.stderr).toStartWith("no-such-file.toml: can't be read: ")
  const path = configFile("[site]\nid =\n")
  const broken = await waystation(["check", "--config", path])
  expect(broken.code).toBe(1)
  expect(broken.stderr).toStartWith(`${path}:2: `)
})

test("check opens no port and writes nothing", async () => {
  const folder = temporaryFolder()
  const busy = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } })
  const path = configFile(
    `[site]\nid = "a"\n[admin]\nport = ${busy.port}\n[source.lab]\nkind = "mllp"\nport = 0\n`,
  )
  expect((await waystation(["check", "--config", path], { cwd: folder })).code).toBe(0)
  expect([...new Bun.Glob("**").scanSync({ cwd: folder, dot: true })]).toEqual([])
  busy.stop(true)
})

test("check looks at the file of an HTTP source's tokens, as run does", async () => {
  const tokensFile = join(temporaryFolder(), "tokens")
  const source = `[source.ward]\nkind = "http"\nport = 8580\ntokensFile = "${tokensFile}"\n`
  const path = configFile(`[site]\nid = "test"\n${source}`)
  const checked = async () => (await waystation(["check", "--config", path])).stderr
  const says = `source.ward.tokensFile: ${tokensFile}`
  expect(await checked()).toBe(`${says} can't be read: there is no such file\n`)
  writeFileSync(tokensFile, "# none yet\n")
  expect(await checked()).toBe(`${says} has no token: write one in it, a line for each\n`)
  writeFileSync(tokensFile, "token-of-the-ward\n")
  expect(await checked()).toBe("")
})
