import { afterEach, describe, expect, test } from "bun:test"
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type Gateway, openGateway } from "../../src/gateway.ts"
import { openStore } from "../../src/store/index.ts"
import { oru, temporaryFolder } from "../build.ts"
import { type Central, openCentral } from "../fake/central.ts"
import { openSender } from "../fake/sender.ts"
import { waystation } from "./waystation.ts"

const open: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

async function central(): Promise<Central> {
  const opened = await openCentral()
  open.push(opened)
  return opened
}

async function gatewayIn(data: string, url: string): Promise<Gateway> {
  const config = {
    site: { id: "kisumu-01" },
    admin: { port: 0 },
    source: { lab: { kind: "mllp", host: "127.0.0.1", port: 0 } },
    destination: { central: { kind: "fhir", url } },
    route: [{ from: ["lab"], to: ["central"] }],
  }
  const gateway = await openGateway(config, { data, log: () => {} })
  open.push(gateway)
  return gateway
}

async function send(gateway: Gateway, controlId: string): Promise<void> {
  const sender = await openSender(Number(gateway.sources.lab?.split(":").at(-1)))
  expect((await sender.send(oru({ controlId }))).code).toBe("AA")
  sender.close()
}

function backUp(gateway: Gateway, data: string, out: string) {
  const token = join(data, "admin-token")
  return waystation(["backup", "--out", out, "--url", gateway.admin, "--token-file", token])
}

describe("a backup of a running gateway", () => {
  test("becomes a box of its own, whose destinations are paused", async () => {
    const server = await central()
    const data = temporaryFolder()
    const gateway = await gatewayIn(data, server.url)
    await send(gateway, "A")
    const out = join(temporaryFolder(), "backup.tar")
    writeFileSync(out, "yesterday's")
    const made = await backUp(gateway, data, out)
    expect(made).toMatchObject({ code: 0, stderr: "" })
    expect(made.stdout).toContain("keep it as you keep the box")
    expect(statSync(out).mode & 0o777).toBe(0o600)
    expect(existsSync(`${out}.part`)).toBe(false)

    const other = join(temporaryFolder(), "data")
    const restored = await waystation(["restore", "--from", out, "--data", other])
    expect(restored).toMatchObject({ code: 0, stderr: "" })
    expect(restored.stdout).toContain("central: paused")
    expect(restored.stdout).toContain("may be sent again")
    const store = await openStore(other)
    expect(await store.paused()).toMatchObject({ central: { by: "restore" } })
    await store.close()
    const again = await gatewayIn(other, server.url)
    expect((await again.status()).sources.lab?.stored).toBe(1)
    const twice = await waystation(["restore", "--from", out, "--data", other])
    expect(twice).toMatchObject({ code: 1, stderr: expect.stringContaining("is in use") })
  })

  test("leaves yesterday's as it is when the gateway is not there, and says so", async () => {
    const out = join(temporaryFolder(), "backup.tar")
    writeFileSync(out, "yesterday's")
    const token = join(temporaryFolder(), "admin-token")
    writeFileSync(token, "a token")
    const args = ["backup", "--out", out, "--url", "http://127.0.0.1:1", "--token-file", token]
    const { code, stderr } = await waystation(args)
    expect([code, stderr]).toEqual([1, expect.stringContaining("see that the gateway runs")])
    expect(readFileSync(out, "utf8")).toBe("yesterday's")
  })

  test("is not made for who has no token, or another one", async () => {
    const data = temporaryFolder()
    const gateway = await gatewayIn(data, (await central()).url)
    const folder = temporaryFolder()
    const out = join(folder, "backup.tar")
    const none = await backUp(gateway, temporaryFolder(), out)
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining("--token-file") })
    const wrong = temporaryFolder()
    writeFileSync(join(wrong, "admin-token"), "another-token-".repeat(4))
    const refused = await backUp(gateway, wrong, out)
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("admin-token") })
    expect(readdirSync(folder)).toEqual([])
  })

  test("that does not arrive whole is no backup", async () => {
    const half = Bun.serve({ port: 0, fetch: () => new Response("half of one") })
    const folder = temporaryFolder()
    const token = join(folder, "admin-token")
    writeFileSync(token, "a token")
    const out = join(folder, "backup.tar")
    const url = half.url.href
    const args = ["backup", "--out", out, "--url", url, "--token-file", token]
    const { code, stderr } = await waystation(args)
    expect([code, stderr]).toEqual([1, expect.stringContaining("no whole backup")])
    expect(readdirSync(folder)).toEqual(["admin-token"])
    await half.stop(true)
  })

  test("that can't be written says where and why", async () => {
    const data = temporaryFolder()
    const gateway = await gatewayIn(data, (await central()).url)
    const { code, stderr } = await backUp(gateway, data, join(data, "gone", "backup.tar"))
    const says = `there is no folder ${join(data, "gone")}: is the disk mounted?`
    expect([code, stderr]).toEqual([1, `waystation backup: ${says}; no backup was made\n`])
  })
})

test("a backup never takes the place of a device or a folder", async () => {
  const data = temporaryFolder()
  const gateway = await gatewayIn(data, (await central()).url)
  const folder = join(data, "usb")
  mkdirSync(folder)
  const onFolder = await backUp(gateway, data, folder)
  expect(onFolder).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("name a file in it"),
  })
  const device = join(data, "device")
  expect(Bun.spawnSync(["mkfifo", device]).exitCode).toBe(0)
  const onDevice = await backUp(gateway, data, device)
  expect(onDevice).toMatchObject({ code: 1, stderr: expect.stringContaining("is no file that") })
  expect(statSync(device).isFIFO()).toBe(true)
})

test.each([
  ["backup", "--out FILE is missing"],
  ["restore", "--from FILE is missing"],
])("%s says which argument it lacks", async (command, problem) => {
  const { code, stderr } = await waystation([command])
  expect([code, stderr]).toEqual([64, expect.stringContaining(problem)])
})
