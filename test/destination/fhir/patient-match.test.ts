import { describe, expect, test } from "bun:test"
import type { Observation, Patient } from "fhir/r4"
import { national, never, openPlacing, own, patientId, result } from "./place.ts"

const passport = "http://hl7.org/fhir/sid/passport-KEN"
const jane = { identifier: [{ system: national, value: "N-1" }] }
const open = (patientMatch = [national]) => openPlacing({ patientMatch })

/** Whose the only result there is. */
async function subject({ list }: Awaited<ReturnType<typeof open>>) {
  const [observation] = await list<Observation>("Observation")
  return observation?.subject?.reference
}

describe("a patient the centre knows by a national number", () => {
  test("is given the result, and is not made a second time or overwritten", async () => {
    await using placing = await open()
    const id = await placing.keep({ ...jane, gender: "female" })
    const outcome = await placing.send(result("mentioned", { ...jane, gender: "male" }))
    expect(outcome).toMatchObject({ outcome: "delivered", receipt: { entries: 1 } })
    expect(await placing.list("Patient")).toMatchObject([{ id, gender: "female" }])
    expect(await subject(placing)).toBe(`Patient/${id}`)
  })

  test("is made where the centre does not know it yet, and then found by it", async () => {
    await using placing = await open()
    expect((await placing.send(result("mentioned", jane))).outcome).toBe("delivered")
    await placing.send(result("mentioned", jane))
    expect(placing.central.count("Patient")).toBe(1)
    expect(placing.posted().entry).toHaveLength(1)
  })

  test("is looked for by the systems that are named, and by no others", async () => {
    await using placing = await open([passport])
    await placing.keep(jane)
    await placing.send(result("mentioned", jane))
    expect(placing.central.count("Patient")).toBe(2)
    expect(placing.central.requests.filter(({ path }) => path.includes("identifier"))).toEqual([])
  })

  test("is asked for by the whole of a number, whatever characters it has", async () => {
    await using placing = await open()
    const odd = { identifier: [{ system: national, value: "A,B|C$D\\E" }] }
    const id = await placing.keep(odd)
    await placing.keep({ identifier: [{ system: national, value: "A" }] })
    await placing.send(result("mentioned", odd))
    expect(await subject(placing)).toBe(`Patient/${id}`)
  })
})

describe("what could be another's is held, and nothing is sent", () => {
  const refusals: [string, (placing: Awaited<ReturnType<typeof open>>) => unknown, string][] = [
    [
      "two patients with the number",
      async ({ keep }) => [await keep(jane), await keep(jane)],
      "2 patients match",
    ],
    [
      "two numbers that two patients have",
      async ({ keep }) => [
        await keep(jane),
        await keep({ identifier: [{ system: passport, value: "P-1" }] }),
      ],
      "2 patients match",
    ],
    [
      "a patient who was replaced by another",
      ({ keep }) =>
        keep({
          ...jane,
          active: false,
          link: [{ type: "replaced-by", other: { reference: "Patient/9" } }],
        }),
      "the patient there was replaced",
    ],
  ]
  const both = { identifier: [...jane.identifier, { system: passport, value: "P-1" }] }
  for (const patient of ["owned", "mentioned"] as const) {
    test.each(refusals)(`%s, where the patient is ${patient}`, async (_what, keep, reason) => {
      await using placing = await open([national, passport])
      await keep(placing)
      expect(await placing.send(result(patient, both))).toMatchObject({
        outcome: "hold",
        reason: expect.stringContaining(`patientMatch: ${reason}`),
      })
      expect(placing.central.count("Observation")).toBe(0)
    })
  }

  test("of two, the one that was not replaced is taken", async () => {
    await using placing = await open()
    const id = await placing.keep(jane)
    const link = [{ type: "replaced-by" as const, other: { reference: `Patient/${id}` } }]
    await placing.keep({ ...jane, link })
    expect((await placing.send(result("mentioned", jane))).outcome).toBe("delivered")
    expect(await subject(placing)).toBe(`Patient/${id}`)
  })

  test("a server that answers with somebody else, whatever it was asked", async () => {
    await using placing = await open()
    const entry = [{ resource: { resourceType: "Patient", id: "9", identifier: [{ value: "X" }] } }]
    const body = JSON.stringify({ resourceType: "Bundle", type: "searchset", entry })
    placing.central.fault = { status: 200, body }
    expect(await placing.send(result("mentioned", jane))).toMatchObject({ outcome: "hold" })
    expect(placing.central.requests).toHaveLength(1)
  })

  test("two patients of one message who are one there", async () => {
    await using placing = await open()
    await placing.keep(jane)
    const bundle = result("mentioned", jane)
    const [first] = bundle.entry ?? []
    if (first) bundle.entry?.push({ ...first, fullUrl: "urn:uuid:another" })
    expect(await placing.send(bundle)).toMatchObject({ outcome: "hold" })
  })
})

describe("a patient whom the message owns", () => {
  test("is updated where the centre knows it, under the centre's id", async () => {
    await using placing = await open()
    const id = await placing.keep(jane)
    const outcome = await placing.send(result("owned", { ...jane, gender: "female" }))
    expect(outcome).toMatchObject({ outcome: "delivered", receipt: { entries: 2 } })
    expect(await placing.list("Patient")).toMatchObject([{ id, gender: "female" }])
    expect(await subject(placing)).toBe(`Patient/${id}`)
  })

  test("is read by that number before it is first told, so that nothing is lost", async () => {
    await using placing = await open()
    const id = await placing.keep({ ...jane, telecom: [{ value: "0700" }] })
    const described: Patient = { resourceType: "Patient", ...jane }
    const ours = { system: own, value: patientId }
    const found = await placing.destination.find?.("Patient", ours, never, described)
    expect(found).toMatchObject({ id, telecom: [{ value: "0700" }] })
    expect(await placing.destination.find?.("Patient", ours, never)).toBeUndefined()
  })

  test("is held where this box has made another record of it before", async () => {
    await using placing = await open()
    await placing.send(result("owned", { gender: "female" }))
    await placing.keep({ ...jane, telecom: [{ value: "0700" }] })
    expect(await placing.send(result("owned", jane))).toMatchObject({
      outcome: "hold",
      reason: expect.stringContaining("merged"),
    })
  })
})

test.each([
  [403, "pause"],
  [503, "retry"],
] as const)("a search answered %d says so of the search: %s", async (status, outcome) => {
  await using placing = await open()
  placing.central.fault = { status }
  expect(await placing.send(result("mentioned", jane))).toMatchObject({
    outcome,
    reason: expect.stringContaining(`searching Patient: answered ${status}`),
  })
})

test("a search that is cut off is doubt, and nothing is sent", async () => {
  await using placing = await open()
  placing.central.fault = "reset"
  expect((await placing.send(result("mentioned", jane))).outcome).toBe("retry")
  expect(placing.central.requests.map(({ method }) => method)).toEqual(["GET"])
})
