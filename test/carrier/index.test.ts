import { expect, test } from "bun:test"
import type { Bundle, Observation } from "fhir/r4"
import type { CarrierSettings } from "../../src/carrier/here.ts"
import { openCarrier } from "../../src/carrier/index.ts"
import type { Carrying } from "../../src/carry.ts"
import type { FhirConfig } from "../../src/destination/fhir/index.ts"
import type { Message, Told } from "../../src/message.ts"
import { hl7, oru } from "../build.ts"
import { openCentral } from "../fake/central.ts"

const never = new AbortController().signal
const nothing = async (): Promise<Told[]> => []

interface Setting {
  kind?: string
  codeMap?: CarrierSettings["codeMap"]
  heard?: (event: string) => void
}

function carrierTo(url: string, { kind = "fhir", codeMap, heard }: Setting = {}) {
  const events: string[] = []
  const central = { kind, url, timeout: 60_000, concurrency: 8 } as FhirConfig
  const carrier = openCarrier(
    {
      site: { id: "test-clinic", timezone: "UTC" },
      source: { lab: {} },
      destination: { central },
      codeMap,
    },
    {},
    (event) => {
      events.push(event)
      heard?.(event)
    },
  )
  return { ...carrier, events }
}

function messageOf(id: number, bytes: Uint8Array, type = "ORU^R01"): Message {
  return { id, source: "lab", peer: "127.0.0.1", receivedAt: 0, type, bytes }
}

function carrying(id: number, bytes: Uint8Array, type = "ORU^R01"): Carrying {
  const message = messageOf(id, bytes, type)
  return { destination: "central", key: `epoch-${id}`, message, newer: [] }
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
  expect(results.map(({ outcome, heldBy }) => [outcome.outcome, heldBy])).toEqual([
    ["delivered", undefined],
    ["hold", "map"],
    ["delivered", undefined],
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

test("a greeting is said over the border too, and the carrier closes while one hangs", async () => {
  const central = await openCentral()
  const said = Promise.withResolvers<string>()
  const greeting = carrierTo(central.url, { heard: said.resolve })
  greeting.greet()
  expect(await said.promise).toBe("destination-speaks")
  await greeting.close()
  await central.close()
  await using silent = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    development: false,
    fetch: () => new Promise(() => {}),
  })
  const hanging = carrierTo(`http://127.0.0.1:${silent.port}/fhir`)
  hanging.greet()
  await hanging.close()
})

test("deliveries on a thread that ends are in doubt, and the next gets another", async () => {
  const carrier = carrierTo("http://127.0.0.1:9/fhir", { kind: "unheard-of" })
  for (const id of [1, 2]) {
    const { outcome } = await carrier.carry(carrying(id, oru()), nothing, never)
    expect(outcome).toMatchObject({ outcome: "retry", doubt: "fault" })
    expect(JSON.stringify(outcome)).toContain("no kind unheard-of at ")
  }
  expect(carrier.events).toEqual(["carrier-ended", "carrier-ended"])
  await carrier.close()
})

test("a result that is replayed overwrites nothing that a newer one has told since", async () => {
  const central = await openCentral()
  const carrier = carrierTo(central.url)
  const newer = oru({ controlId: "C2", value: "11.9" })
  const older = oru({ controlId: "C1", value: "9.9" })
  await carrier.carry(carrying(2, newer), nothing, never)
  const replayed = { ...carrying(1, older), newer: [messageOf(2, newer)] }
  expect((await carrier.carry(replayed, nothing, never)).outcome.outcome).toBe("delivered")
  const found = await fetch(`${central.url}/Observation`).then((answer) => answer.json())
  const values = (found as Bundle<Observation>).entry?.map(({ resource }) => {
    return resource?.valueQuantity?.value
  })
  expect(values).toEqual([11.9])
  await carrier.close()
  await central.close()
})

test("a result that is replayed creates what no newer one spoke of", async () => {
  const central = await openCentral()
  const carrier = carrierTo(central.url)
  const newer = oru({ controlId: "C2", filler: "F-2" })
  await carrier.carry(carrying(2, newer), nothing, never)
  const replayed = { ...carrying(1, oru()), newer: [messageOf(2, newer)] }
  await carrier.carry(replayed, nothing, never)
  expect(central.count("Observation")).toBe(2)
  const [, body = ""] = central.requests
    .filter(({ method }) => method === "POST")
    .map((r) => r.body)
  expect(body).toContain('"method":"PUT","url":"Observation?identifier=')
  await carrier.close()
  await central.close()
})

test("a newer result counts also when its codes would hold it by now", async () => {
  const central = await openCentral()
  const newer = Buffer.concat([oru({ value: "11.9" }), hl7("OBX|2|NM|CRP^^L||3|mg/L|||||F")])
  const before = carrierTo(central.url)
  await before.carry(carrying(2, newer), nothing, never)
  await before.close()
  const codeMap = { tests: { field: ["OBX-3" as const], onUnknown: "hold" as const, row: [] } }
  const carrier = carrierTo(central.url, { codeMap })
  const { heldBy } = await carrier.carry(carrying(2, newer), nothing, never)
  expect(heldBy).toBe("code")
  const replayed = { ...carrying(1, oru({ value: "9.9" })), newer: [messageOf(2, newer)] }
  await carrier.carry(replayed, nothing, never)
  const found = await fetch(`${central.url}/Observation`).then((answer) => answer.json())
  const values = (found as Bundle<Observation>).entry?.map(({ resource }) => {
    return resource?.valueQuantity?.value
  })
  expect(values?.toSorted()).toEqual([11.9, 3])
  await carrier.close()
  await central.close()
})

test("a result that is replayed says so where it may have overwritten nothing", async () => {
  const central = await openCentral()
  const carrier = carrierTo(central.url)
  const notes = async (newer: Carrying["newer"]) => {
    const carried = await carrier.carry({ ...carrying(1, oru()), newer }, nothing, never)
    return carried.notes.filter((note) => note.startsWith("sent again: "))
  }
  expect(await notes([])).toEqual([])
  expect(await notes([messageOf(2, oru({ filler: "F-2" }))])).toEqual([])
  expect(await notes([messageOf(2, oru())])).toEqual([
    "sent again: what newer messages had updated was not overwritten",
  ])
  expect(await notes(undefined)).toEqual([expect.stringContaining("replay it with force")])
  await carrier.close()
  await central.close()
})

test("what a replayed message said and the centre did not take is not known then", async () => {
  const central = await openCentral()
  const carrier = carrierTo(central.url)
  const adt = (event: string, more: string) =>
    hl7(
      `MSH|^~\\&|HIS|CLINIC|||20260415120000||ADT^${event}|${event}|P|2.5.1`,
      `PID|1||P-1^^^CLINIC^MR||DOE^JANE||19900315|F${more}`,
    )
  const told = async (newer: Carrying["newer"]) => {
    const older = carrying(1, adt("A04", "|||||0700 123"), "ADT^A04")
    const carried = await carrier.carry({ ...older, newer }, nothing, never)
    expect(carried.outcome.outcome).toBe("delivered")
    return carried.told.filter(({ messageId }) => messageId === 1).map(({ part }) => part)
  }
  expect(await told([])).toContain("PID-13")
  expect(await told([messageOf(2, adt("A08", ""), "ADT^A08")])).toEqual([])
  expect(await told(undefined)).toEqual([])
  await carrier.close()
  await central.close()
})
