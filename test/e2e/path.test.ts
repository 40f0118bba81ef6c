import { expect, test } from "bun:test"
import type { Bundle, DiagnosticReport, Observation, Patient, Provenance } from "fhir/r4"
import { hl7, oru, temporaryFolder } from "../build.ts"
import { openCentral } from "../fake/central.ts"
import { openSender } from "../fake/sender.ts"
import { configuration, start } from "./binary.ts"

/** A result as a laboratory system sends it, with no order, no facility codes and no status. */
const bloodCount = hl7(
  "MSH|^~\\&|LAB_SYSTEM|FACILITY|CARI|CARI|20260415120000||ORU^R01|MSG001|P|2.5",
  "PID|1||PAT001||DOE^JANE||19900315|F",
  "OBR|1||ORD001|CBC^Complete Blood Count",
  "OBX|1|NM|WBC^White Blood Cell Count||7.5|10*3/uL|4.5-11.0|N",
)

const sandboxed = (port: number) =>
  configuration(`http://127.0.0.1:${port}/sandbox/fhir`).replace(
    "[admin]\nport = 0",
    `[admin]\nport = ${port}\nsandbox = true`,
  )

async function freePort(): Promise<number> {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } })
  server.stop()
  return server.port
}

async function all<T>(base: string, type: string): Promise<T[]> {
  const found = (await (await fetch(`${base}/${type}?_count=1000`)).json()) as Bundle
  return (found.entry ?? []).map(({ resource }) => resource as T)
}

test("a result sent to the binary ends in its sandbox as what the laboratory said", async () => {
  const gateway = await start(temporaryFolder(), { config: sandboxed(await freePort()) })
  const sender = await openSender(gateway.port)
  expect(await sender.send(bloodCount)).toMatchObject({ code: "AA", about: "MSG001" })
  sender.close()
  await gateway.until(({ destinations }) => destinations.central?.delivered === 1)

  const base = `${gateway.admin}/sandbox/fhir`
  const [patient, ...otherPatients] = await all<Patient>(base, "Patient")
  const [report, ...otherReports] = await all<DiagnosticReport>(base, "DiagnosticReport")
  const [observation, ...otherObservations] = await all<Observation>(base, "Observation")
  const [provenance, ...others] = await all<Provenance>(base, "Provenance")
  expect([otherPatients, otherReports, otherObservations, others]).toEqual([[], [], [], []])
  expect(patient).toMatchObject({
    name: [{ family: "DOE", given: ["JANE"] }],
    birthDate: "1990-03-15",
    gender: "female",
  })
  expect(observation).toMatchObject({
    code: { coding: [{ code: "WBC", display: "White Blood Cell Count" }] },
    valueQuantity: { value: 7.5, unit: "10*3/uL" },
    referenceRange: [{ low: { value: 4.5 }, high: { value: 11 } }],
    interpretation: [{ coding: [{ code: "N" }] }],
    subject: { reference: `Patient/${patient?.id}` },
  })
  expect(report?.result).toEqual([{ reference: `Observation/${observation?.id}` }])
  expect(JSON.stringify(provenance)).toContain("MSG001")
  for (const type of ["ServiceRequest", "Organization", "Practitioner", "Specimen"]) {
    expect(await all(base, type)).toEqual([])
  }
  expect(await gateway.stop()).toBe(0)
})

test("messages acknowledged while central is down arrive, in order, after a restart", async () => {
  const central = await openCentral()
  const folder = temporaryFolder()
  const first = await start(folder, { config: configuration(central.url) })
  await central.down()
  const sender = await openSender(first.port)
  for (const value of ["1", "2", "3", "4"]) {
    expect((await sender.send(oru({ controlId: `C${value}`, value }))).code).toBe("AA")
  }
  await first.until(({ destinations }) => destinations.central?.pending === 4)
  sender.close()
  expect(await first.stop()).toBe(0)

  await central.up()
  const second = await start(folder, { config: configuration(central.url) })
  await second.until(({ destinations }) => destinations.central?.delivered === 4)
  const order = central.requests.map(({ body }) => /"value":(\d),"unit"/.exec(body)?.[1])
  expect(order.filter((value) => value !== undefined)).toEqual(["1", "2", "3", "4"])
  expect(central.count("Observation")).toBe(1)
  expect(await second.stop()).toBe(0)
  await central.close()
})

test("a patient's phone outlives an update that does not mention it, and a restart", async () => {
  const central = await openCentral()
  const folder = temporaryFolder()
  const adt = (event: string, controlId: string, phone: string) =>
    hl7(
      `MSH|^~\\&|HIS|CLINIC|||20260415120000||ADT^${event}|${controlId}|P|2.5.1`,
      `EVN|${event}|20260415120000`,
      `PID|1||P-7^^^CLINIC^MR||DOE^JANE||19900315|F|||||${phone}`,
      "PV1|1|O|OPD|||||||||||||||||V-1",
    )
  const phones = async () => {
    const [patient] = await all<Patient>(central.url, "Patient")
    return patient?.telecom?.map(({ value }) => value)
  }
  let gateway = await start(folder, { config: configuration(central.url) })
  const send = async (message: Uint8Array, delivered: number) => {
    const sender = await openSender(gateway.port)
    expect((await sender.send(message)).code).toBe("AA")
    sender.close()
    await gateway.until(({ destinations }) => destinations.central?.delivered === delivered)
  }
  await send(adt("A04", "A1", "+254700000001"), 1)
  await gateway.stop()
  gateway = await start(folder, { config: configuration(central.url) })
  await send(adt("A08", "A2", ""), 2)
  expect(await phones()).toEqual(["+254700000001"])
  await send(adt("A08", "A3", '""'), 3)
  expect(await phones()).toBeUndefined()
  await gateway.stop()
  await central.close()
})

test("a message that no map knows is held with a word about why, and in nobody's way", async () => {
  const central = await openCentral()
  const gateway = await start(temporaryFolder(), { config: configuration(central.url) })
  const sender = await openSender(gateway.port)
  const study = hl7(
    "MSH|^~\\&|HIS|CLINIC|||20260415120000||CSU^C09|S1|P|2.5.1",
    "PID|1||P-1^^^CLINIC^MR",
  )
  expect((await sender.send(study)).code).toBe("AA")
  expect((await sender.send(oru())).code).toBe("AA")
  const status = await gateway.until(({ destinations }) => destinations.central?.delivered === 1)
  expect(status.destinations.central).toMatchObject({ state: "up", held: 1, pending: 0 })
  const held = gateway.events.find(({ event }) => event === "held")
  expect(held).toMatchObject({ destination: "central", reason: "no map for CSU^C09" })
  sender.close()
  await gateway.stop()
  await central.close()
})
