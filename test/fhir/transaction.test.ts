import { describe, expect, test } from "bun:test"
import type { Patient, Practitioner } from "fhir/r4"
import { ownIdentifier } from "../../src/fhir/identity.ts"
import { addProvenance } from "../../src/fhir/provenance.ts"
import { Transaction } from "../../src/fhir/transaction.ts"
import { resources } from "../map/build.ts"

const site = "kisumu-01"
const patientId = ownIdentifier(site, "Patient", "A1")
const patient: Patient = { resourceType: "Patient", identifier: [patientId], gender: "female" }
const doctorId = ownIdentifier(site, "Practitioner", "P1")
const doctor: Practitioner = { resourceType: "Practitioner", identifier: [doctorId] }
const origin = {
  site,
  recorded: "2026-04-15T12:00:00+03:00",
  controlId: "MSG001",
  sender: "LAB/CLINIC",
  digest: "ab".repeat(32),
}

describe("a transaction", () => {
  test("updates what the message owns and creates what it mentions where that is absent", () => {
    const transaction = new Transaction(site)
    expect(transaction.update(patient)).toEqual({ reference: `urn:uuid:${patientId.value}` })
    transaction.create(doctor)
    const { entry = [] } = transaction.bundle()
    expect(entry.map(({ fullUrl, request }) => ({ fullUrl, request }))).toEqual([
      {
        fullUrl: `urn:uuid:${patientId.value}`,
        request: {
          method: "PUT",
          url: `Patient?identifier=urn:waystation:kisumu-01|${patientId.value}`,
        },
      },
      {
        fullUrl: `urn:uuid:${doctorId.value}`,
        request: {
          method: "POST",
          url: "Practitioner",
          ifNoneExist: `identifier=urn:waystation:kisumu-01|${doctorId.value}`,
        },
      },
    ])
  })

  test("finds by its tag what R4 has no search by identifier for", () => {
    const id = ownIdentifier(site, "ObservationDefinition", "GLU")
    const transaction = new Transaction(site)
    const code = { text: "Glucose" }
    transaction.update({ resourceType: "ObservationDefinition", identifier: [id], code })
    const { resource, request } = transaction.bundle().entry?.[0] ?? {}
    expect(request?.url).toBe(`ObservationDefinition?_tag=urn:waystation:kisumu-01|${id.value}`)
    expect(resource?.meta?.tag).toEqual([{ system: id.system, code: id.value }])
  })

  test("names a resource once, and an update of it counts more than a mention", () => {
    const transaction = new Transaction(site)
    transaction.create({ ...patient, gender: "unknown" })
    transaction.update(patient)
    transaction.create({ ...patient, gender: "male" })
    transaction.update({ ...patient, gender: "other" })
    const { entry = [] } = transaction.bundle()
    expect(entry.map(({ request, resource }) => [request?.method, resource])).toEqual([
      ["PUT", patient],
    ])
  })

  test("that refers to something it does not hold is our own mistake, and is not sent", () => {
    const transaction = new Transaction(site)
    const generalPractitioner = [{ reference: `urn:uuid:${doctorId.value}` }]
    transaction.update({ ...patient, generalPractitioner })
    expect(() => transaction.bundle()).toThrow("Patient refers to nothing")
    transaction.create(doctor)
    expect(transaction.bundle().entry?.length).toBe(2)
  })

  test("takes no resource without our identifier: it would be doubled at every retry", () => {
    const transaction = new Transaction(site)
    expect(() => transaction.update({ resourceType: "Patient", gender: "male" })).toThrow()
    expect(() => transaction.create({ resourceType: "Patient", gender: "male" })).toThrow()
  })

  test("is written without empty elements", () => {
    const transaction = new Transaction(site)
    transaction.update({ ...patient, name: [{ family: "", given: [] }], telecom: [] })
    expect(transaction.bundle().entry?.[0]?.resource).toEqual(patient)
  })
})

describe("a resource that is mentioned twice", () => {
  test("says of a doctor what all mentions of them say, and of two that differ the first", () => {
    const licence = { system: "urn:waystation:kisumu-01:KMPDC", value: "L-7" }
    const said = (...mentions: Partial<Practitioner>[]) => {
      const transaction = new Transaction(site)
      for (const one of mentions) {
        const identifier = [doctorId, ...(one.identifier ?? [])]
        transaction.create({ ...doctor, ...one, identifier })
      }
      return resources(transaction.bundle(), "Practitioner")
    }
    const [named, addressed] = [{ name: [{ family: "Oduya" }] }, { address: [{ city: "Kisumu" }] }]
    expect(said(named, { ...addressed, identifier: [licence] })).toEqual([
      { ...doctor, ...named, ...addressed, identifier: [doctorId, licence] },
    ])
    expect(said(named, { name: [{ family: "Were" }] })).toEqual([{ ...doctor, ...named }])
    expect(said(named, { telecom: [{}], address: [] })).toEqual([{ ...doctor, ...named }])
  })

  test("may not refer by a later mention to what the transaction does not hold", () => {
    const transaction = new Transaction(site)
    const identifier = [ownIdentifier(site, "Location", "WARD")]
    transaction.create({ resourceType: "Location", identifier })
    const partOf = { reference: "urn:uuid:00000000-0000-0000-0000-000000000000" }
    transaction.create({ resourceType: "Location", identifier, partOf })
    expect(() => transaction.bundle()).toThrow("Location refers to nothing")
  })

  test("leaves what the message owns as it says, whatever is mentioned beside it", () => {
    const transaction = new Transaction(site)
    transaction.update(doctor)
    transaction.create({ ...doctor, gender: "female" })
    expect(resources(transaction.bundle(), "Practitioner")).toEqual([doctor])
  })
})

describe("the Provenance", () => {
  test("targets everything, names the message twice, and is found again by its tag", () => {
    const transaction = new Transaction(site)
    transaction.update(patient)
    transaction.create(doctor)
    addProvenance(transaction, origin)
    addProvenance(transaction, origin)
    const { entry = [] } = transaction.bundle()
    expect(entry.length).toBe(3)
    const [resource] = resources(transaction.bundle(), "Provenance")
    expect(resource?.target.map(({ reference }) => reference)).toEqual([
      `urn:uuid:${patientId.value}`,
      `urn:uuid:${doctorId.value}`,
    ])
    expect(resource?.entity?.map(({ what }) => what.identifier)).toEqual([
      { system: "urn:waystation:kisumu-01:LAB%2FCLINIC", value: "MSG001" },
      { system: "urn:waystation:kisumu-01:sha256", value: origin.digest },
    ])
    const [tag] = resource?.meta?.tag ?? []
    expect(entry[2]?.request).toEqual({
      method: "POST",
      url: "Provenance",
      ifNoneExist: `_tag=${tag?.system}|${tag?.code}`,
    })
  })

  test("of a message without a number names it by its bytes alone", () => {
    const transaction = new Transaction(site)
    transaction.update(patient)
    addProvenance(transaction, { ...origin, controlId: "" })
    const [provenance] = resources(transaction.bundle(), "Provenance")
    expect(provenance?.entity?.map(({ what }) => what.identifier?.value)).toEqual([origin.digest])
  })
})
