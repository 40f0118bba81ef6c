import { describe, expect, test } from "bun:test"
import type { Bundle, BundleEntry } from "fhir/r4"
import { openFhir } from "../../../src/destination/fhir/client.ts"
import type { FhirSettings } from "../../../src/destination/fhir/server.ts"
import { type Central, openCentral } from "../../fake/central.ts"
import { message } from "../sending.ts"
import { never, own } from "./place.ts"

const organization: BundleEntry = entryOf("Organization", "clinic", "create")

function entryOf(
  type: "Organization" | "Patient" | "Observation",
  value: string,
  act: "create" | "update",
  elements: object = {},
): BundleEntry {
  const condition = `identifier=${own}|${value}`
  const resource = { resourceType: type, identifier: [{ system: own, value }], ...elements }
  return {
    fullUrl: `urn:uuid:${value}`,
    resource: resource as BundleEntry["resource"] & object,
    request:
      act === "create"
        ? { method: "POST", url: type, ifNoneExist: condition }
        : { method: "PUT", url: `${type}?${condition}` },
  }
}

function bundleOf(...entry: BundleEntry[]): Bundle {
  return { resourceType: "Bundle", type: "transaction", entry }
}

/** A patient and the clinic; one that is `bad` is refused by every server. */
function patientOf(value: string, { bad = false, padding = "" } = {}): Bundle {
  const patient = entryOf("Patient", value, "update", { name: [{ text: padding || "Jane" }] })
  if (bad && patient.request) patient.request.url = "Patient?nonsense=1"
  return bundleOf(organization, patient)
}

interface Opened extends AsyncDisposable {
  central: Central
  send(bundle: Bundle): ReturnType<ReturnType<typeof openFhir>["send"]>
  /** What was posted, as Bundles, in order. */
  posted(): Bundle[]
  /** Keeps every request waiting for its answer until what it gives is called. */
  hold(): () => void
}

async function open(settings: Partial<FhirSettings> = {}): Promise<Opened> {
  const central = await openCentral()
  const destination = openFhir(
    { url: central.url, timeout: 10_000, batchMax: 64, concurrency: 64, ...settings },
    { now: Date.now, log() {} },
  )
  const send = (bundle: Bundle) => {
    return destination.send({ key: "epoch-1", message, bundle }, never)
  }
  // From here on the clinic is known there, and nobody waits for another to create it.
  await send(bundleOf(organization))
  return {
    central,
    send,
    posted: () => central.requests.slice(1).map(({ body }) => JSON.parse(body)),
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>()
      central.fault = { until: promise }
      return () => {
        central.fault = "none"
        resolve()
      }
    },
    async [Symbol.asyncDispose]() {
      await destination.close()
      await central.close()
    },
  }
}

/** Sends one, and while it has no answer yet the others. */
async function sendBehind({ central, send, hold }: Opened, bundles: readonly Bundle[]) {
  const release = hold()
  const asked = central.asked()
  const first = send(patientOf("first"))
  await asked
  const others = bundles.map(send)
  // By then they have come as far as they can without an answer.
  await Bun.sleep(0)
  release()
  return { first: await first, outcomes: await Promise.all(others) }
}

const ten = Array.from({ length: 10 }, (_, i) => `p${i}`)
const all = ten.map((value) => patientOf(value))

describe("messages that have to wait for their turn", () => {
  test("share one transaction, in which what they all name is once", async () => {
    await using opened = await open()
    const { outcomes } = await sendBehind(opened, all)
    expect(outcomes).toEqual(
      new Array(10).fill({
        outcome: "delivered",
        receipt: expect.objectContaining({ status: 200, entries: 11, messages: 10 }),
      }),
    )
    expect(opened.posted().map(({ entry }) => entry?.length)).toEqual([2, 11])
    expect(opened.central.count("Patient")).toBe(11)
  })

  test("one that does not have to goes at once and alone", async () => {
    await using opened = await open()
    const outcome = await opened.send(patientOf("p1"))
    expect(outcome).toMatchObject({ outcome: "delivered", receipt: { entries: 2 } })
    expect(opened.posted()).toHaveLength(1)
  })

  test("no more than batchMax go together, and the others after them in their order", async () => {
    await using opened = await open({ batchMax: 4, concurrency: 4 })
    await sendBehind(opened, all)
    expect(opened.posted().map(({ entry }) => entry?.length)).toEqual([2, 5, 5, 3])
    const urls = opened.posted().flatMap(({ entry = [] }) => entry.slice(1))
    expect(urls.map(({ fullUrl }) => fullUrl)).toEqual(
      ["first", ...ten].map((value) => `urn:uuid:${value}`),
    )
  })

  test("so many transactions are in flight as concurrency has room for", async () => {
    await using opened = await open({ batchMax: 4, concurrency: 8 })
    const release = opened.hold()
    const sent = all.map((bundle) => opened.send(bundle))
    await Bun.sleep(0)
    release()
    await Promise.all(sent)
    expect(opened.posted().map(({ entry }) => entry?.length)).toEqual([2, 2, 5, 5])
  })
})

describe("one bad message among ten", () => {
  test.each(ten)("is the only one that is held: %s", async (guilty) => {
    await using opened = await open()
    const { outcomes } = await sendBehind(
      opened,
      ten.map((value) => patientOf(value, { bad: value === guilty })),
    )
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(
      ten.map((value) => (value === guilty ? "hold" : "delivered")),
    )
    expect(opened.central.count("Patient")).toBe(10)
  })

  test.each([400, 409, 412, 422, 500])("whatever it is refused with: %d", async (status) => {
    await using opened = await open()
    const { first, outcomes } = await sendBehind({ ...opened, hold: holdThen(opened, status) }, [
      patientOf("p1"),
      patientOf("p2"),
    ])
    expect(first.outcome).toBe("delivered")
    const alone = status < 409 || status === 422 ? "hold" : "retry"
    expect(outcomes.map(({ outcome }) => outcome)).toEqual([alone, alone])
    expect(opened.posted().map(({ entry }) => entry?.length)).toEqual([2, 3, 2, 2])
  })
})

describe("what is nobody's own fault", () => {
  test.each([
    [401, "pause"],
    [429, "retry"],
    [503, "retry"],
  ] as const)("%d is the outcome of all, and nothing goes singly", async (status, outcome) => {
    await using opened = await open()
    const { outcomes } = await sendBehind({ ...opened, hold: holdThen(opened, status) }, [
      patientOf("p1"),
      patientOf("p2"),
    ])
    expect(outcomes).toMatchObject([{ outcome }, { outcome }])
    expect(opened.posted()).toHaveLength(2)
  })

  test("a line that is cut between the single ones is not waited for by each", async () => {
    await using opened = await open()
    const { central } = opened
    const sent = sendBehind({ ...opened, hold: holdThen(opened, 422) }, [
      patientOf("p1"),
      patientOf("p2"),
      patientOf("p3"),
    ])
    await central.asked()
    await central.asked()
    central.fault = "reset"
    const { outcomes } = await sent
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(["retry", "retry", "retry"])
    expect(opened.posted()).toHaveLength(3)
  })
})

describe("what can't go together", () => {
  test("two updates of one resource go one after the other", async () => {
    await using opened = await open()
    const { outcomes } = await sendBehind(opened, [
      patientOf("p1", { padding: "Older" }),
      patientOf("p1", { padding: "Newer" }),
      patientOf("p2"),
    ])
    expect(outcomes.every(({ outcome }) => outcome === "delivered")).toBe(true)
    expect(opened.posted().map(({ entry }) => entry?.length)).toEqual([2, 3, 2])
    expect(JSON.stringify(opened.posted().at(-1))).toContain("Newer")
  })

  test("nor what creates a resource and what updates it", async () => {
    await using opened = await open()
    await sendBehind(opened, [
      bundleOf(entryOf("Patient", "p1", "create")),
      bundleOf(entryOf("Patient", "p1", "update")),
    ])
    expect(opened.posted().map(({ entry }) => entry?.length)).toEqual([2, 1, 1])
  })

  test("nor more than 256 KiB, and a message that is larger goes alone", async () => {
    await using opened = await open()
    const padding = "x".repeat(100 * 1024)
    await sendBehind(opened, [
      patientOf("p1", { padding }),
      patientOf("p2", { padding }),
      patientOf("p3", { padding }),
      patientOf("p4", { padding: padding.repeat(4) }),
    ])
    expect(opened.posted().map(({ entry }) => entry?.length)).toEqual([2, 3, 2, 2])
  })

  test("nor more than 64 entries", async () => {
    await using opened = await open()
    const large = (patient: string) =>
      bundleOf(...ten.map((value) => entryOf("Observation", `${patient}-${value}`, "update")))
    await sendBehind(
      opened,
      ten.map((value) => large(value)),
    )
    expect(opened.posted().map(({ entry }) => entry?.length)).toEqual([2, 60, 40])
  })
})

/** Like `hold`, but everything after the first is answered so. */
function holdThen({ central, hold }: Opened, status: number): () => () => void {
  return () => {
    const release = hold()
    return () => {
      release()
      central.fault = { status }
    }
  }
}
