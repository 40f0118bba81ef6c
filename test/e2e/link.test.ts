import { expect, test } from "bun:test"
import type { Bundle, Observation } from "fhir/r4"
import { hl7, oru, temporaryFolder } from "../build.ts"
import { openCentral } from "../fake/central.ts"
import { openLink } from "../fake/link.ts"
import { openSender } from "../fake/sender.ts"
import { configuration, start } from "./binary.ts"

const patients = 5
const values = 4

async function sendAll(port: number): Promise<void> {
  const sender = await openSender(port)
  for (let value = 1; value <= values; value++) {
    for (let patient = 1; patient <= patients; patient++) {
      const [controlId, name] = [`C${patient}-${value}`, `P-${patient}`]
      const message = oru({ controlId, patient: name, filler: name, value: String(value) })
      expect((await sender.send(message)).code).toBe("AA")
    }
  }
  sender.close()
}

test("a line that goes dead in the middle of deliveries loses and repeats nothing", async () => {
  const central = await openCentral()
  const to = Number(new URL(central.url).port)
  const line = await openLink({ to, bitsPerSecond: 1_000_000, delayMs: 20 })
  const config = configuration(`http://127.0.0.1:${line.port}/fhir`)
  const gateway = await start(temporaryFolder(), {
    config: config.replace('timeout = "5s"', 'timeout = "1s"'),
  })
  const third = (async () => {
    for (let asked = 0; asked < 3; asked++) await central.asked()
  })()
  const sent = sendAll(gateway.port)
  await third
  line.cut()
  await sent
  const { destinations } = await gateway.until((status) => {
    return status.destinations.central?.state === "down"
  })
  expect(destinations.central?.reason).toContain("no whole answer within 1 s")
  line.restore()
  await gateway.until((status) => status.destinations.central?.pending === 0)
  const all = await gateway.status()
  expect(all.destinations.central).toMatchObject({ delivered: patients * values, held: 0 })
  expect(central.count("DiagnosticReport")).toBe(patients)
  const answer = await fetch(`${central.url}/Observation?_count=100`)
  const found = (await answer.json()) as Bundle<Observation>
  const last = found.entry?.map(({ resource }) => resource?.valueQuantity?.value)
  expect(last).toEqual(Array.from({ length: patients }, () => values))
  expect(await gateway.stop()).toBe(0)
  await line.close()
  await central.close()
})

test("a scan gets through a line on which that takes longer than the timeout", async () => {
  const central = await openCentral()
  const to = Number(new URL(central.url).port)
  const line = await openLink({ to, bitsPerSecond: 200_000, delayMs: 20 })
  const config = configuration(`http://127.0.0.1:${line.port}/fhir`)
  const gateway = await start(temporaryFolder(), {
    config: config.replace('timeout = "5s"', 'timeout = "1s"'),
  })
  const sender = await openSender(gateway.port)
  const scan = Buffer.alloc(15_000, "page").toString("base64")
  const report = hl7(
    "MSH|^~\\&|XRAY|CLINIC|||20260415120000||ORU^R01^ORU_R01|C1|P|2.5.1",
    "PID|1||P-1^^^CLINIC^MR",
    "OBR|1||F-1|36643-5^Chest x-ray^LN|||20260415113000||||||||||||||||||F",
    `OBX|1|ED|18748-4^Report^LN||^application^pdf^Base64^${scan}||||||F`,
  )
  expect((await sender.send(report)).code).toBe("AA")
  sender.close()
  await gateway.until((status) => status.destinations.central?.delivered === 1)
  expect(central.requests.filter(({ method }) => method === "POST")).toHaveLength(1)
  expect(central.count("DocumentReference")).toBe(1)
  expect(await gateway.stop()).toBe(0)
  await line.close()
  await central.close()
})
