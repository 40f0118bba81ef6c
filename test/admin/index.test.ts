import { describe, expect, test } from "bun:test"
import * as v from "valibot"
import { adminConfig } from "../../src/admin/index.ts"
import { adminsOfThisFile, ask, authorization, status } from "./admins.ts"

const { open, closeAll } = adminsOfThisFile()

describe("is the gateway all right?", () => {
  test("alive as long as it answers at all", async () => {
    const { status, body } = await ask(`${await open()}/healthz`)
    expect([status, JSON.parse(body)]).toEqual([200, { status: "alive" }])
  })

  test("ready when every check is", async () => {
    const ready = { "ports open": async () => undefined }
    const { status, body } = await ask(`${await open({}, { ready })}/readyz`)
    expect([status, JSON.parse(body)]).toEqual([200, { status: "ready" }])
  })

  test("not ready: every check that fails is named with its reason", async () => {
    const ready = {
      "ports open": async () => undefined,
      "store writable": async () => "the disk is full",
      "clock right": async () => {
        throw new Error("no answer")
      },
    }
    const { status, body } = await ask(`${await open({}, { ready })}/readyz`)
    const failing = { "store writable": "the disk is full", "clock right": "no answer" }
    expect([status, JSON.parse(body)]).toEqual([503, { status: "not ready", failing }])
  })

  test("its status is given as JSON that no one keeps a copy of", async () => {
    const { body, headers } = await ask(`${await open()}/api/v1/status`, authorization)
    expect(JSON.parse(body)).toEqual(status)
    expect(headers.get("cache-control")).toBe("no-store")
  })

  test("a fault of ours is a short 500, and in the log", async () => {
    const logged: unknown[][] = []
    const broken = () => {
      throw new Error("the store is closed")
    }
    const log = (...event: unknown[]) => logged.push(event)
    const address = await open({}, { status: broken, log })
    const { status, body } = await ask(`${address}/api/v1/status`, authorization)
    expect(status).toBe(500)
    expect(body).not.toContain("store")
    expect(logged).toEqual([
      ["admin-failed", { method: "GET", route: "/api/v1/status", error: "the store is closed" }],
    ])
  })
})

describe("the console", () => {
  test("is one page that lets nothing in and nothing out", async () => {
    const { body, headers } = await ask(await open())
    expect(headers.get("content-type")).toContain("text/html")
    const policy = headers.get("content-security-policy") ?? ""
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain("unsafe")
    expect(body).not.toMatch(/(src|href)="(https?:)?\/\//)
  })

  test("its policy allows exactly the script and the style that stand in it", async () => {
    const { body, headers } = await ask(await open({ sandbox: true }))
    for (const element of ["script", "style"]) {
      const inline = [...body.matchAll(new RegExp(`<${element}[^>]*>([^]*?)</${element}>`, "g"))]
      expect(inline).toHaveLength(1)
      const digest = new Bun.CryptoHasher("sha256").update(inline[0]?.[1] ?? "").digest("base64")
      expect(headers.get("content-security-policy")).toContain(`${element}-src 'sha256-${digest}'`)
    }
  })

  test("shows the sandbox only where it is on", async () => {
    expect((await ask(await open())).body).toContain('<section id="sandbox" hidden>')
    expect((await ask(await open({ sandbox: true }))).body).not.toContain('id="sandbox"')
  })
})

describe("the sandbox inside the admin address", () => {
  test("answers where it is on", async () => {
    const { status, body } = await ask(`${await open({ sandbox: true })}/sandbox/fhir/Patient`)
    expect(status).toBe(200)
    expect(JSON.parse(body)).toMatchObject({ type: "searchset", total: 0 })
  })

  test("is not there where it is off", async () => {
    expect((await ask(`${await open()}/sandbox/fhir/Patient`)).status).toBe(404)
  })

  test("what it does not know is an OperationOutcome, also at the end of a path", async () => {
    const { body } = await ask(`${await open({ sandbox: true })}/sandbox/fhir/a/b/c`)
    expect(JSON.parse(body)).toMatchObject({ resourceType: "OperationOutcome" })
  })
})

describe("what is not served", () => {
  test("an unknown path is a 404 in JSON that names it", async () => {
    const { status, body } = await ask(`${await open()}/nix?secret=1`)
    expect([status, JSON.parse(body)]).toMatchObject([404, { detail: "there is no /nix here" }])
  })

  test.each(["evil.example", "127.0.0.1.evil.example", "10.0.0.5:8575", "localhost.evil"])(
    "a web page that points its own name %s here is turned away",
    async (host) => {
      const { status, body } = await ask(await open({ sandbox: true }), { headers: { host } })
      expect(status).toBe(403)
      expect(body).not.toContain("Waystation")
    },
  )

  test.each(["localhost", "LOCALHOST:8575", "127.0.0.1:1", "[::1]:8575"])(
    "the machine under its own name %s is served",
    async (host) => {
      expect((await ask(`${await open()}/healthz`, { headers: { host } })).status).toBe(200)
    },
  )
})

describe("the address", () => {
  test("a port in use is named, with what to do", async () => {
    const { port } = new URL(await open())
    await expect(open({ port: Number(port) })).rejects.toThrow(
      `can't listen on 127.0.0.1:${port}: the port is in use; stop the program that has it`,
    )
  })

  test("an address that is not this machine's is named", async () => {
    await expect(open({ host: "203.0.113.7" })).rejects.toThrow("can't listen on 203.0.113.7:0: ")
  })

  test("after closing nobody answers", async () => {
    const address = await open()
    await closeAll()
    await expect(fetch(`${address}/healthz`)).rejects.toThrow()
  })
})

describe("the [admin] section", () => {
  test("may be left out", () => {
    const usual = { host: "127.0.0.1", port: 8575, sandbox: false }
    expect(v.parse(adminConfig, {})).toEqual(usual)
  })

  test.each([
    [{ host: "0.0.0.0" }, "without TLS the network could read"],
    [{ host: "192.168.1.5" }, "without TLS the network could read"],
    [{ port: -1 }, "must not be below 0"],
    [{ port: 65536 }, "must not be above 65535"],
    [{ sandbox: "yes" }, "must be true or false"],
  ])("%j is refused, and the message says why", (section, message) => {
    const { issues } = v.safeParse(adminConfig, section)
    expect(issues?.map((issue) => issue.message)).toEqual([expect.stringContaining(message)])
  })

  test.each(["localhost", "127.0.0.1", "127.0.0.2", "::1"])("%s is this machine", (host) => {
    expect(v.safeParse(adminConfig, { host }).success).toBe(true)
  })

  test("a misspelt key is refused", () => {
    expect(v.safeParse(adminConfig, { prot: 1 }).success).toBe(false)
  })
})
