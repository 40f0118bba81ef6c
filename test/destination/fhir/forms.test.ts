import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import type { Bundle, Patient } from "fhir/r4"
import { openFhir } from "../../../src/destination/fhir/client.ts"
import type { FhirSettings } from "../../../src/destination/fhir/server.ts"
import { type Central, openCentral } from "../../fake/central.ts"
import { jsonOf } from "../../fake/xml.ts"
import { registration } from "../sending.ts"

const never = new AbortController().signal
let central: Central

beforeEach(async () => {
  central = await openCentral()
})
afterEach(() => central.close())

function open(settings: Partial<FhirSettings>) {
  const surroundings = { now: Date.now, log() {} }
  return openFhir({ url: central.url, timeout: 10_000, ...settings }, surroundings)
}

describe("a server that is spoken to in XML", () => {
  test("gets the same transaction, and its answer is read entry by entry", async () => {
    const sending = registration("KSM-1")
    expect(await open({ format: "xml" }).send(sending, never)).toMatchObject({
      outcome: "delivered",
      receipt: { entries: 2 },
    })
    const [asked] = central.requests
    expect(asked?.headers.get("content-type")).toBe("application/fhir+xml")
    expect(asked?.headers.get("accept")).toBe("application/fhir+xml")
    expect(JSON.parse(jsonOf(asked?.body ?? ""))).toEqual(sending.bundle as unknown as Bundle)
  })

  test("is read by search in XML as well", async () => {
    const destination = open({ format: "xml" })
    await destination.send(registration("KSM-1"), never)
    const identifier = { system: "urn:waystation:test", value: "KSM-1" }
    const found = (await destination.find?.("Patient", identifier, never)) as Patient
    expect(found.identifier).toEqual([identifier])
  })

  test("says what it refuses in XML, too", async () => {
    const sending = registration("KSM-1")
    const [patient] = sending.bundle.entry ?? []
    if (patient?.request) patient.request.url = "Patient?nonsense=1"
    expect(await open({ format: "xml" }).send(sending, never)).toMatchObject({
      outcome: "hold",
      issues: [{ severity: "error", expression: "Bundle.entry[0]" }],
    })
  })
})

describe("gzip", () => {
  test("makes what is sent smaller, and leaves it the same", async () => {
    const sending = registration("KSM-1")
    expect((await open({ gzip: true }).send(sending, never)).outcome).toBe("delivered")
    const [asked] = central.requests
    expect(asked?.headers.get("content-encoding")).toBe("gzip")
    const text = JSON.stringify(sending.bundle)
    expect(asked?.body).toBe(text)
    expect(Number(asked?.headers.get("content-length"))).toBeLessThan(text.length)
  })

  test("does not change the idempotency key: it is of what is said", async () => {
    await open({ gzip: true }).send(registration("KSM-1"), never)
    await open({}).send(registration("KSM-1"), never)
    const [one, two] = central.requests.map(({ headers }) => headers.get("idempotency-key"))
    expect(one).toBe(two ?? "")
  })
})
