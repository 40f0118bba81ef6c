import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import type { Bundle, Patient } from "fhir/r4"
import { openFhir } from "../../../src/destination/fhir/client.ts"
import type { Destination, Sending } from "../../../src/message.ts"
import { type Central, openCentral } from "../../fake/central.ts"
import { message, registration } from "../sending.ts"

const signal = new AbortController().signal
const surroundings = { now: Date.now, log: () => {} }
let central: Central
let destination: Destination

beforeEach(async () => {
  central = await openCentral()
  destination = openFhir({ url: `${central.url}/`, timeout: 10_000 }, surroundings)
})

afterEach(async () => {
  await destination.close()
  await central.close()
})

describe("what goes over the wire", () => {
  test("one transaction as FHIR JSON, posted to the base", async () => {
    const sending = registration("KSM-1")
    await destination.send(sending, signal)
    const [asked] = central.requests
    expect(asked).toMatchObject({ method: "POST", path: "/fhir" })
    expect(JSON.parse(asked?.body ?? "")).toEqual(sending.bundle as unknown as Bundle)
    expect(asked?.headers.get("content-type")).toBe("application/fhir+json")
    expect(asked?.headers.get("prefer")).toBe("return=minimal")
  })

  test("the idempotency key stays for the same body, and is another for another", async () => {
    const keyOf = async (sending: Sending) => {
      await destination.send(sending, signal)
      return central.requests.at(-1)?.headers.get("idempotency-key")
    }
    const first = await keyOf(registration("KSM-1"))
    expect(first).toMatch(/^epoch-1-[0-9a-f]{32}$/)
    expect(await keyOf(registration("KSM-1"))).toBe(first)
    expect(await keyOf(registration("KSM-2"))).not.toBe(first)
  })

  test("a redirect is not followed: a patient's data goes where it was configured to", async () => {
    const other = await openCentral()
    central.fault = { status: 307, headers: { location: other.url } }
    expect(await destination.send(registration("KSM-1"), signal)).toMatchObject({
      outcome: "pause",
    })
    expect(other.requests).toEqual([])
    await other.close()
  })
})

describe("when no whole answer comes", () => {
  test("the timeout counts until the last byte, and says how long it was", async () => {
    await using stalled = await openStalling()
    const hasty = openFhir({ url: stalled.url, timeout: 80 }, surroundings)
    expect(await hasty.send(registration("KSM-1"), signal)).toEqual({
      outcome: "retry",
      reason: `${stalled.url}: no whole answer within 0.08 s`,
    })
  })

  test("a signal ends the wait at once, so that the gateway can stop", async () => {
    central.fault = "hang"
    const stop = new AbortController()
    const sent = destination.send(registration("KSM-1"), stop.signal)
    await central.asked()
    stop.abort(new Error("stopping"))
    expect(await sent).toMatchObject({
      outcome: "retry",
      reason: expect.stringContaining("stopping"),
    })
  })

  test("closing ends the wait at once, and later sendings too", async () => {
    central.fault = "hang"
    const sent = destination.send(registration("KSM-1"), signal)
    await central.asked()
    await destination.close()
    expect(await sent).toMatchObject({ outcome: "retry" })
    expect(await destination.send(registration("KSM-1"), signal)).toMatchObject({
      outcome: "retry",
    })
    expect(central.requests).toHaveLength(1)
  })

  test("a name that does not exist is named", async () => {
    const nowhere = openFhir({ url: "http://central.invalid/fhir", timeout: 10_000 }, surroundings)
    expect(await nowhere.send(registration("KSM-1"), signal)).toMatchObject({
      outcome: "retry",
      reason: expect.stringContaining("http://central.invalid/fhir"),
    })
  })

  test("an endless error page is read for its first MiB only", async () => {
    await using endless = await openEndless()
    const outcome = await openFhir({ url: endless.url, timeout: 10_000 }, surroundings).send(
      registration("KSM-1"),
      signal,
    )
    expect(outcome).toMatchObject({
      outcome: "retry",
      reason: "answered 500",
      said: expect.stringMatching(/^x/),
    })
  })
})

describe("reading one resource by our identifier", () => {
  const identifier = { system: "urn:waystation:test", value: "KSM-1" }

  test("gives the one that was sent", async () => {
    await destination.send(registration("KSM-1"), signal)
    await destination.send(registration("KSM-10"), signal)
    const patient = (await destination.find?.("Patient", identifier, signal)) as Patient
    expect(patient.identifier).toEqual([identifier])
  })

  test("gives nothing where there is none", async () => {
    expect(await destination.find?.("Patient", identifier, signal)).toBeUndefined()
  })

  test("a value with every awkward character is asked for as it is", async () => {
    const value = "a b&c=d+e%7C#é"
    await destination.send(registration(value), signal)
    const found = await destination.find?.("Patient", { ...identifier, value }, signal)
    expect(found).toMatchObject({ identifier: [{ value }] })
  })

  test.each([400, 401, 403, 404, 405])(
    "gives nothing where a channel only takes transactions and answers %d",
    async (status) => {
      central.fault = { status }
      expect(await destination.find?.("Patient", identifier, signal)).toBeUndefined()
    },
  )

  test.each([302, 408, 429, 500, 503])(
    "%d is not taken for an answer: what the centre knows would be lost",
    async (status) => {
      central.fault = { status }
      await expect(destination.find?.("Patient", identifier, signal)).rejects.toThrow(
        String(status),
      )
    },
  )

  test.each(["html", "empty", "invalid JSON", "reset"] as const)("neither is %s", async (fault) => {
    await destination.send(registration("KSM-1"), signal)
    central.fault = fault
    await expect(destination.find?.("Patient", identifier, signal)).rejects.toThrow()
  })

  test("several matches are not guessed between", async () => {
    const resource = { resourceType: "Patient", identifier: [identifier] } as const
    const entry = [1, 2].map(() => ({ resource, request: { method: "POST", url: "Patient" } }))
    const bundle = { resourceType: "Bundle", type: "transaction", entry } as Bundle
    await destination.send({ key: "epoch-2", message, bundle }, signal)
    await expect(destination.find?.("Patient", identifier, signal)).rejects.toThrow("several")
  })

  test("a warning beside the match is not taken for a second one", async () => {
    const entry = [
      { resource: { resourceType: "Patient", id: "1" } },
      { resource: { resourceType: "OperationOutcome" }, search: { mode: "outcome" } },
    ]
    const body = JSON.stringify({ resourceType: "Bundle", type: "searchset", entry })
    central.fault = { status: 200, body }
    expect(await destination.find?.("Patient", identifier, signal)).toMatchObject({ id: "1" })
  })
})

/** Answers with headers and the beginning of a body, and no more. */
async function openStalling() {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () =>
      new Response(
        new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array([123])) }),
      ),
  })
  return { url: `http://127.0.0.1:${server.port}`, [Symbol.asyncDispose]: () => server.stop(true) }
}

/** Answers 500 with a body that never ends. */
async function openEndless() {
  const chunk = new Uint8Array(64 * 1024).fill(120)
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () =>
      new Response(new ReadableStream({ pull: (controller) => controller.enqueue(chunk) }), {
        status: 500,
      }),
  })
  return { url: `http://127.0.0.1:${server.port}`, [Symbol.asyncDispose]: () => server.stop(true) }
}
