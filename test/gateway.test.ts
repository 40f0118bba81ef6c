import { afterEach, describe, expect, test } from "bun:test"
import type { Bundle, Patient } from "fhir/r4"
import * as v from "valibot"
import { StartProblem } from "../src/config.ts"
import { type Brought, type Gateway, openGateway } from "../src/gateway.ts"
import type { MessageMap } from "../src/mapping.ts"
import type { Outcome, Sending } from "../src/message.ts"
import { openStore } from "../src/store/index.ts"
import { hl7, oru, temporaryFolder } from "./build.ts"
import { openCentral } from "./fake/central.ts"
import { openSender } from "./fake/sender.ts"

const open: Gateway[] = []

afterEach(async () => {
  for (const gateway of open.splice(0)) await gateway.close()
})

const lab = { kind: "mllp", host: "127.0.0.1", port: 0 }
const base = { site: { id: "test-clinic" }, admin: { port: 0 }, source: { lab } }

/** A kind of destination of the test's own: what was sent lies in `sent`. */
function sink(answer: (sending: Sending) => Promise<Outcome> | Outcome) {
  const sent: Sending[] = []
  const kind = {
    config: v.strictObject({ kind: v.literal("sink"), concurrency: v.optional(v.number(), 8) }),
    open: () => ({
      send: async (sending: Sending) => {
        sent.push(sending)
        return answer(sending)
      },
      close: async () => {},
    }),
  }
  return { sent, kinds: { destinations: { sink: kind } } }
}

const delivered: Outcome = { outcome: "delivered", receipt: { status: 200 } }

async function gatewayOn(config: object, brought: Brought): Promise<Gateway> {
  const gateway = await openGateway({ ...base, ...config }, { log: () => {}, ...brought })
  open.push(gateway)
  return gateway
}

async function send(gateway: Gateway, ...messages: Uint8Array[]): Promise<string[]> {
  const sender = await openSender(Number(gateway.sources.lab?.split(":").at(-1)))
  const answers = await Promise.all(messages.map((message) => sender.send(message)))
  sender.close()
  return answers.map(({ code }) => code)
}

async function until(gateway: Gateway, state: "delivered" | "held" | "pending", count: number) {
  for (;;) {
    const { destinations } = await gateway.status()
    if (Object.values(destinations).some((one) => one[state] === count)) return
    await Bun.sleep(5)
  }
}

async function close(gateway: Gateway): Promise<void> {
  open.splice(open.indexOf(gateway), 1)
  await gateway.close()
}

const toCentral = { destination: { central: { kind: "sink" } } }
const everything = { ...toCentral, route: [{ from: ["lab"], to: ["central"] }] }

describe("a program that carries the gateway inside it", () => {
  test("brings a kind of destination, which is sent the Bundle and a key of its own", async () => {
    const { sent, kinds } = sink(() => delivered)
    const gateway = await gatewayOn(everything, { ...kinds, data: temporaryFolder() })
    expect(await send(gateway, oru(), oru({ controlId: "C2" }))).toEqual(["AA", "AA"])
    await until(gateway, "delivered", 2)
    expect(sent.map(({ bundle }) => bundle.type)).toEqual(["transaction", "transaction"])
    expect(new Set(sent.map(({ key }) => key)).size).toBe(2)
  })

  test("brings a map, which is asked before ours", async () => {
    const { sent, kinds } = sink(() => delivered)
    const bundle = onePatient("female")
    const own: MessageMap = {
      types: ["ORU^R01"],
      map: () => ({ bundle, notes: [], told: [] }),
    }
    const brought = { ...kinds, maps: [own], data: temporaryFolder() }
    const gateway = await gatewayOn(everything, brought)
    await send(gateway, oru())
    await until(gateway, "delivered", 1)
    expect(sent[0]?.bundle).toEqual(bundle)
  })

  test("is told of all that is wrong with its configuration, and opens nothing", async () => {
    const { kinds } = sink(() => delivered)
    const wrong = { ...base, ...everything, destination: { central: { kind: "sink", url: "x" } } }
    const opening = openGateway(wrong, { ...kinds, data: temporaryFolder() })
    await expect(opening).rejects.toThrow("destination.central.url")
  })

  test("finds one export in the package", async () => {
    expect(Object.keys(await import("waystation"))).toEqual(["openGateway"])
  })
})

describe("a message", () => {
  test("whose map fails is held, and the next one passes", async () => {
    const { kinds } = sink(() => delivered)
    const broken: MessageMap = {
      types: ["ORU^R01"],
      map(message) {
        if (message.id === 1) throw new TypeError(`no field in ${message.bytes}`)
        return { bundle: onePatient("female"), notes: [], told: [] }
      },
    }
    const brought = { ...kinds, maps: [broken], data: temporaryFolder() }
    const gateway = await gatewayOn(everything, brought)
    await send(gateway, oru(), oru({ controlId: "C2", value: "6.1" }))
    await until(gateway, "delivered", 1)
    await until(gateway, "held", 1)
  })

  test("whose map makes what is no R4 is held, not sent, and the next one passes", async () => {
    const { sent, kinds } = sink(() => delivered)
    const careless: MessageMap = {
      types: ["ORU^R01"],
      map({ id }) {
        return { bundle: onePatient(id === 1 ? "F" : "female"), notes: [], told: [] }
      },
    }
    const brought = { ...kinds, maps: [careless], data: temporaryFolder() }
    const gateway = await gatewayOn(everything, brought)
    await send(gateway, oru(), oru({ controlId: "C2", value: "6.1" }))
    await until(gateway, "delivered", 1)
    await until(gateway, "held", 1)
    expect(sent.map(({ message }) => message.id)).toEqual([2])
  })

  test("no route wants is kept, acknowledged and counted, and the log says so once", async () => {
    const { sent, kinds } = sink(() => delivered)
    const config = { ...everything, route: [{ from: ["lab"], type: ["ADT"], to: ["central"] }] }
    const events: string[] = []
    const log = (event: string) => void events.push(event)
    const gateway = await gatewayOn(config, { ...kinds, data: temporaryFolder(), log })
    expect(await send(gateway, oru(), oru({ controlId: "C2" }))).toEqual(["AA", "AA"])
    while ((await gateway.status()).journal.unrouted !== 2) await Bun.sleep(5)
    expect([...sent, ...events]).toEqual(["unrouted"])
  })

  test("is never in flight twice for one patient, and goes out at once for eight", async () => {
    let inFlight = 0
    let most = 0
    const seen = new Set<string>()
    const { kinds } = sink(async ({ message }) => {
      const patient = /P-\d+/.exec(Buffer.from(message.bytes).toString())?.[0] ?? ""
      expect(seen.has(patient)).toBe(false)
      seen.add(patient)
      most = Math.max(most, ++inFlight)
      await Bun.sleep(2)
      inFlight--
      seen.delete(patient)
      return delivered
    })
    const gateway = await gatewayOn(everything, { ...kinds, data: temporaryFolder() })
    const messages = Array.from({ length: 120 }, (_, index) =>
      oru({ controlId: `N${index}`, patient: `P-${index % 12}` }),
    )
    await send(gateway, ...messages)
    await until(gateway, "delivered", 120)
    expect(most).toBe(8)
  })
})

describe("a new configuration", () => {
  test("applies to what comes after it: an acknowledged message keeps its routes", async () => {
    const data = temporaryFolder()
    const { kinds } = sink(() => delivered)
    await close(await gatewayOn(everything, { ...kinds, data }))
    // Acknowledged, and the power went before anybody wrote down where it goes.
    const store = await openStore(data)
    const about = { source: "lab", peer: "10.0.0.7:4711", receivedAt: 1, type: "ORU^R01" }
    await store.append({ ...about, controlId: "C1", subjects: [], bytes: oru() })
    await store.close()
    const gateway = await gatewayOn({ ...toCentral, route: [] }, { ...kinds, data })
    await until(gateway, "delivered", 1)
    await send(gateway, oru({ controlId: "C2" }))
    while ((await gateway.status()).journal.unrouted !== 1) await Bun.sleep(5)
  })

  test("that drops the source of a message holds that for a person", async () => {
    const data = temporaryFolder()
    const down = sink(() => ({ outcome: "retry", reason: "down" }))
    const first = await gatewayOn(everything, { ...down.kinds, data })
    await send(first, oru())
    await until(first, "pending", 1)
    await close(first)
    const { sent, kinds } = sink(() => delivered)
    const renamed = { ...toCentral, source: { ward: lab } }
    const gateway = await gatewayOn(renamed, { ...kinds, data })
    await until(gateway, "held", 1)
    expect(sent).toEqual([])
  })

  test("that drops a destination which is still owed messages is refused", async () => {
    const data = temporaryFolder()
    const { kinds } = sink(() => ({ outcome: "retry", reason: "down" }))
    const first = await gatewayOn(everything, { ...kinds, data })
    await send(first, oru())
    await until(first, "pending", 1)
    await close(first)
    const problem = await gatewayOn({ destination: {} }, { ...kinds, data }).catch((it) => it)
    expect(problem).toBeInstanceOf(StartProblem)
    expect(problem.message).toStartWith("destination.central: is still owed messages (1 pending, 0")
    // And the data folder is free again.
    await gatewayOn(everything, { ...kinds, data })
  })
})

test("what central knows of a patient, and this box not, is read before the update", async () => {
  const central = await openCentral()
  const destination = { central: { kind: "fhir", url: central.url } }
  const route = [{ from: ["lab"], to: ["central"] }]
  const gateway = await gatewayOn({ destination, route }, { data: temporaryFolder() })
  const header = (type: string, id: string) =>
    `MSH|^~\\&|HIS|CLINIC|||20260415120000||${type}|${id}|P|2.5.1`
  const pid = "PID|1||P-7^^^CLINIC^MR||DOE^JANE||19900315|F"
  const result = hl7(
    header("ORU^R01", "R1"),
    `${pid}|||||+254700000001`,
    "OBR|1||F-1|718-7^Haemoglobin^LN",
  )
  const update = hl7(header("ADT^A08", "U1"), "EVN|A08|20260415120000", pid)
  await send(gateway, result)
  await until(gateway, "delivered", 1)
  await send(gateway, update)
  await until(gateway, "delivered", 2)
  const found = (await (await fetch(`${central.url}/Patient`)).json()) as Bundle<Patient>
  expect(found.entry?.map(({ resource }) => resource?.telecom?.[0]?.value)).toEqual([
    "+254700000001",
  ])
  await central.close()
})

/** A Bundle of one patient, which is R4 where the gender is. */
function onePatient(gender: string): Bundle {
  const resource = { resourceType: "Patient", id: "p", gender }
  const request = { method: "PUT", url: "Patient/p" }
  const bundle = { resourceType: "Bundle", type: "transaction", entry: [{ resource, request }] }
  return bundle as Bundle
}
