import { expect, test } from "bun:test"
import { openCarrierThread } from "../../src/carrier/index.ts"
import type { Carrying } from "../../src/carry.ts"
import type { FhirConfig } from "../../src/destination/fhir/index.ts"
import type { Told } from "../../src/message.ts"
import { hl7, oru } from "../build.ts"
import { openCentral } from "../fake/central.ts"

const never = new AbortController().signal
const nothing = async (): Promise<Told[]> => []

function carrierTo(url: string, kind = "fhir") {
  const events: string[] = []
  const central = { kind, url, timeout: 60_000, concurrency: 8 } as FhirConfig
  const carrier = openCarrierThread(
    {
      site: { id: "test-clinic", timezone: "UTC" },
      source: { lab: {} },
      destination: { central },
    },
    (event) => void events.push(event),
  )
  return { ...carrier, events }
}

function carrying(id: number, bytes: Uint8Array, type = "ORU^R01"): Carrying {
  const message = { id, source: "lab", peer: "127.0.0.1", receivedAt: 0, type, bytes }
  return { destination: "central", key: `epoch-${id}`, message }
}

test("several deliveries are on the thread at once, and each has its own answer", async () => {
  const central = await openCentral()
  const carrier = carrierTo(central.url)
  const results = await Promise.all([
    carrier.carry(carrying(1, oru({ controlId: "C1" })), nothing, never),
    carrier.carry(
      carrying(2, Buffer.from("MSH|^~\\&|||||||SIU^S12|2\r"), "SIU^S12"),
      nothing,
      never,
    ),
    carrier.carry(carrying(3, oru({ controlId: "C3", filler: "F-3" })), nothing, never),
  ])
  expect(results.map(({ outcome, asked }) => [outcome.outcome, asked])).toEqual([
    ["delivered", true],
    ["hold", false],
    ["delivered", true],
  ])
  expect(central.count("Observation")).toBe(2)
  await carrier.close()
  await central.close()
})

test("what the destination was told before is asked for over the thread's border", async () => {
  const central = await openCentral()
  const carrier = carrierTo(central.url)
  const adt = (event: string, phone: string) =>
    hl7(
      `MSH|^~\\&|HIS|CLINIC|||20260415120000||ADT^${event}|${event}|P|2.5.1`,
      `PID|1||P-1^^^CLINIC^MR||DOE^JANE||19900315|F|||||${phone}`,
    )
  const told: Told[] = []
  for (const [id, bytes] of [adt("A04", "0700 123"), adt("A08", "")].entries()) {
    const type = id === 0 ? "ADT^A04" : "ADT^A08"
    const asked: string[] = []
    const carried = await carrier.carry(
      carrying(id + 1, bytes, type),
      async (resources) => {
        asked.push(...resources)
        return told.filter(({ resource }) => resources.includes(resource))
      },
      never,
    )
    told.push(...carried.told)
    expect(asked.some((resource) => resource.startsWith("Patient/"))).toBe(true)
  }
  const sent = central.requests.filter(({ method }) => method === "POST").map(({ body }) => body)
  expect(sent.map((body) => body.includes("0700 123"))).toEqual([true, true])
  await carrier.close()
  await central.close()
})

test("a delivery is broken off when it is told to, also on the thread", async () => {
  const central = await openCentral()
  central.fault = "hang"
  const carrier = carrierTo(central.url)
  const stop = new AbortController()
  const carried = carrier.carry(carrying(1, oru()), nothing, stop.signal)
  await central.asked()
  stop.abort()
  expect((await carried).outcome.outcome).toBe("retry")
  await carrier.close()
  await central.close()
})

test("deliveries on a thread that ends are in doubt, and the next gets another", async () => {
  const carrier = carrierTo("http://127.0.0.1:9/fhir", "unheard-of")
  for (const id of [1, 2]) {
    const { outcome, asked } = await carrier.carry(carrying(id, oru()), nothing, never)
    expect(outcome).toMatchObject({ outcome: "retry" })
    expect(asked).toBe(true)
  }
  expect(carrier.events).toEqual(["carrier-ended", "carrier-ended"])
  await carrier.close()
})
