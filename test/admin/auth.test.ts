import { describe, expect, test } from "bun:test"
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { temporaryFolder } from "../build.ts"
import { adminsOfThisFile, ask, authorization } from "./admins.ts"

const { open, closeAll } = adminsOfThisFile()

const { authorization: right } = authorization.headers

describe("everything under /api and /metrics asks for the token", () => {
  const paths = ["/api/v1/status", "/api/v1/quarantine", "/api/v1/quarantine/1/bytes"]
  const unknown = ["/api", "/api/", "/api/v1/nix", "/api/v9", "/metrics", "/metrics/nix"]

  test("and 401 for known and unknown paths alike says where it is", async () => {
    const address = await open()
    const answers = []
    for (const path of [...paths, ...unknown]) {
      const { status, body, headers } = await ask(`${address}${path}`)
      expect(status).toBe(401)
      expect(headers.get("www-authenticate")).toBe("Bearer")
      expect(headers.get("content-type")).toBe("application/problem+json")
      answers.push(body)
    }
    expect(new Set(answers).size).toBe(1)
    expect(JSON.parse(answers[0] ?? "").detail).toContain("file admin-token of the data folder")
  })

  test.each(["POST", "PUT", "DELETE", "OPTIONS", "HEAD"])("also for %s", async (method) => {
    const address = await open()
    expect((await ask(`${address}/api/v1/status`, { method })).status).toBe(401)
    expect((await ask(`${address}/api/v1/nix`, { method })).status).toBe(401)
  })

  test.each(["/%61pi/v1/status", "/api//v1/status", "/api/./v1/status", "/x/../api/v1/status"])(
    "however the path is written: %s",
    async (path) => {
      const { status, body } = await ask(`${await open()}${path}`)
      expect([401, 404]).toContain(status)
      expect(body).not.toContain("kisumu-01")
    },
  )

  test.each([
    ["none", ""],
    ["another", `Bearer ${"x".repeat(40)}`],
    ["its beginning", right.slice(0, -1)],
    ["more behind it", `${right}x`],
    ["a second one", `${right} ${right}`],
    ["an empty one", "Bearer "],
    ["without its scheme", right.replace("Bearer ", "")],
    ["as a password", `Basic ${btoa(right.replace("Bearer ", "admin:"))}`],
  ])("and is not satisfied with %s", async (_what, given) => {
    const init = { headers: { authorization: given } }
    expect((await ask(`${await open()}/api/v1/status`, init)).status).toBe(401)
  })

  test("with it, what is there is answered and what is not is 404", async () => {
    const address = await open()
    expect((await ask(`${address}/api/v1/status`, authorization)).status).toBe(200)
    expect((await ask(`${address}/api/v1/nix`, authorization)).status).toBe(404)
    expect((await ask(`${address}/metrics`, authorization)).status).toBe(404)
    const lower = { headers: { authorization: right.replace("Bearer", "bearer") } }
    expect((await ask(`${address}/api/v1/status`, lower)).status).toBe(200)
  })

  test("and nothing else does", async () => {
    const address = await open({ sandbox: true })
    for (const path of ["/", "/healthz", "/readyz", "/sandbox/fhir/metadata"]) {
      expect((await ask(`${address}${path}`)).status).toBe(200)
    }
    expect((await ask(`${address}/apis`)).status).toBe(404)
  })

  test("a web page elsewhere is turned away before it is asked for one", async () => {
    const init = { headers: { host: "evil.example" } }
    expect((await ask(`${await open()}/api/v1/status`, init)).status).toBe(403)
  })
})

describe("the token", () => {
  test("is made at the first start, for this user alone, and stays", async () => {
    const data = temporaryFolder()
    await open({}, { data })
    const path = join(data, "admin-token")
    const text = readFileSync(path, "utf8")
    expect(text).toMatch(/^[0-9a-f]{64}\n$/)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(data)).toEqual(["admin-token"])
    await closeAll()
    const address = await open({}, { data })
    expect(readFileSync(path, "utf8")).toBe(text)
    const init = { headers: { authorization: `Bearer ${text.trim()}` } }
    expect((await ask(`${address}/api/v1/status`, init)).status).toBe(200)
  })

  test("is another one for every box", async () => {
    const [one, other] = [temporaryFolder(), temporaryFolder()]
    for (const data of [one, other]) await open({}, { data })
    const [first, second] = [one, other].map((data) => readFileSync(join(data, "admin-token")))
    expect(first).not.toEqual(second)
  })

  test("never stands in the log", async () => {
    const logged: unknown[] = []
    const broken = () => {
      throw new Error("the store is closed")
    }
    const address = await open({}, { status: broken, log: (...event) => logged.push(event) })
    await ask(`${address}/api/v1/status`, authorization)
    await ask(`${address}/api/v1/status?token=${right.slice(7)}`)
    expect(logged).toHaveLength(1)
    expect(JSON.stringify(logged)).not.toContain(right.slice(7))
  })

  test.each([
    ["empty", ""],
    ["of white space", "\n\n"],
    ["too short to be safe", "secret\n"],
    ["of two lines", `${"a".repeat(40)}\n${"b".repeat(40)}\n`],
    ["of zeroes, as a power cut leaves it", "\0".repeat(65)],
  ])("file that is %s keeps the gateway from starting", async (_what, text) => {
    const data = temporaryFolder()
    const path = join(data, "admin-token")
    writeFileSync(path, text)
    await expect(open({}, { data })).rejects.toThrow(
      `${path} holds no token (32 or more letters and digits): remove the file`,
    )
    expect(readFileSync(path, "utf8")).toBe(text)
  })

  test("file that is a folder keeps the gateway from starting", async () => {
    const data = temporaryFolder()
    mkdirSync(join(data, "admin-token"))
    await expect(open({}, { data })).rejects.toThrow("must be a file of the user waystation runs")
  })

  test("of one's own is taken, also without the newline or with that of Windows", async () => {
    for (const end of ["", "\n", "\r\n"]) {
      const data = temporaryFolder()
      const own = "chosen_by-the.clinic~2026+four/five=="
      writeFileSync(join(data, "admin-token"), `${own}${end}`)
      chmodSync(join(data, "admin-token"), 0o400)
      const init = { headers: { authorization: `Bearer ${own}` } }
      expect((await ask(`${await open({}, { data })}/api/v1/status`, init)).status).toBe(200)
    }
  })
})
