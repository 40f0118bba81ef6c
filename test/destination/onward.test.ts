import { afterEach, expect, test } from "bun:test"
import { mkdirSync, readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { readConfig } from "../../src/config-file.ts"
import { type Gateway, openGateway } from "../../src/gateway.ts"
import { oru, temporaryFolder } from "../build.ts"
import { ackOf, openMllpReceiver } from "../fake/mllp-receiver.ts"
import { openSender } from "../fake/sender.ts"
import { openWebServer } from "../fake/web-server.ts"

const example = resolve(import.meta.dir, "../../config/other-destinations.toml")
const opened: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

interface Example {
  destination: { his: object; archive: object; hooks: object }
}

async function delivered(gateway: Gateway): Promise<void> {
  for (;;) {
    const { destinations } = await gateway.status()
    if (Object.values(destinations).every((one) => one.delivered === 1)) return
    await Bun.sleep(5)
  }
}

test("a message goes on over MLLP, to a web hook and into a folder, as configured", async () => {
  const his: Uint8Array[] = []
  const receiver = await openMllpReceiver((controlId, bytes) => {
    his.push(bytes)
    return [ackOf("AA", controlId)]
  })
  const web = await openWebServer()
  opened.push(receiver.close, web.down)
  const path = join(temporaryFolder(), "in")
  mkdirSync(path)
  const config = (await readConfig(example)) as Example
  const { his: hisSection, archive, hooks } = config.destination
  const [host, port] = receiver.address.split(":")
  const gateway = await openGateway(
    {
      ...config,
      admin: { port: 0 },
      source: { lab: { kind: "mllp", host: "127.0.0.1", port: 0 } },
      destination: {
        his: { ...hisSection, host, port: Number(port) },
        archive: { ...archive, path },
        hooks: { ...hooks, url: web.url },
      },
    },
    { data: temporaryFolder(), log: () => {} },
  )
  opened.push(() => gateway.close())
  const sender = await openSender(Number(gateway.sources.lab?.split(":").at(-1)))
  expect((await sender.send(oru())).code).toBe("AA")
  sender.close()
  await delivered(gateway)

  expect(his.map((bytes) => Buffer.from(bytes).toString())).toEqual([oru().toString()])
  const [file = "", ...more] = readdirSync(path)
  expect([file.replace(/^\d{8}T\d{6}Z/, "TIME"), more]).toEqual([
    "TIME-000000000001-ORU_R01.hl7",
    [],
  ])
  expect(readFileSync(join(path, file)).equals(oru())).toBe(true)
  expect(web.requests.map(({ headers }) => headers.get("x-facility"))).toEqual(["SIAYA"])
  expect(JSON.parse(web.requests[0]?.body.toString() ?? "")).toMatchObject({
    resourceType: "Bundle",
    type: "transaction",
  })
})
