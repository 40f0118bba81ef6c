import type { Device, DeviceUdiCarrier, Identifier, Reference } from "fhir/r4"
import type { Repetition, Segment } from "../../hl7/message.ts"
import { patientKey } from "../../hl7/subject.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import type { Observed } from "../result/groups.ts"
import { codingSystem } from "../type/coding.ts"
import { firstConcept } from "../type/cwe.ts"
import { dateTime } from "../type/dtm.ts"
import { type Entity, entityAt, entityIdentifier } from "../type/ei.ts"

/**
 * The device an observation was made with: what a PRT below its OBX tells of it (2.8, 7.3.4), else
 * OBX-18. It is known by its number; one without an assigner is its sender's own.
 */
export function deviceOf(
  { lines: [obx], participants }: Observed,
  reading: Reading,
  mention: Mention,
): Reference | undefined {
  const prt = participants.find((each) => entityAt(each, 10) ?? entityAt(each, 16))
  const entity = entityAt(prt, 10) ?? entityAt(obx, 18)
  const udi = entityAt(prt, 16)
  if (obx.repetitions(18).length > 1) reading.note("OBX-18: of several devices the first counts")
  const number = entity ?? udi
  if (number === undefined) return undefined
  return mention(device(number, entity, udi, prt, reading))
}

function device(
  number: Entity,
  entity: Entity | undefined,
  udi: Entity | undefined,
  prt: Segment | undefined,
  reading: Reading,
): Device {
  const { id, authority } = number
  const key = patientKey({ id, ...authority }, reading.sender) ?? id
  const local = `device-${reading.sender}`
  const identifier: Identifier[] = [own(reading, "Device", key)]
  const label = entity && carrierOf(entity.id)
  const carriers: DeviceUdiCarrier[] = label ? [label] : []
  if (udi && udi.id !== label?.deviceIdentifier) carriers.push({ deviceIdentifier: udi.id })
  if (entity !== undefined && label === undefined) {
    identifier.push(entityIdentifier(entity, undefined, local, reading))
  }
  return {
    resourceType: "Device",
    identifier,
    udiCarrier: carriers,
    manufactureDate: dateTime(prt?.text(17), "PRT-17", reading),
    expirationDate: dateTime(prt?.text(18), "PRT-18", reading),
    lotNumber: prt?.text(19),
    serialNumber: prt?.text(20),
    distinctIdentifier: prt?.text(21),
    type: prt && firstConcept(prt, "PRT-22", reading),
  }
}

/**
 * The carrier of a number that is a whole UDI as people read it off the label (PRT-10, 2.8, 7.4.4),
 * by the form that each of the three issuers gives it: GS1 begins with the GTIN, (01), which is the
 * device's own number; HIBCC with + and a letter; ICCBBA with =/. Neither mark is of the number.
 */
function carrierOf(text: string): DeviceUdiCarrier | undefined {
  const [, gtin] = /^\(01\)(\d{14})(?:\(|$)/.exec(text) ?? []
  if (gtin !== undefined) return { deviceIdentifier: gtin, carrierHRF: text }
  const [, part] = /^(?:\+(?=[A-Z])|=\/)([^/=]{6,})/.exec(text) ?? []
  if (part === undefined) return undefined
  return { deviceIdentifier: part, carrierHRF: text }
}

/**
 * A device by its codes and names (CWE), as a terminal that an order was entered at (ORC-18); one
 * without a code is only named.
 */
export function deviceNamed(
  cwe: Repetition,
  where: string,
  reading: Reading,
  mention: Mention,
): Reference | undefined {
  const local = `device-${reading.sender}`
  const identifiers = triplets.flatMap(({ code, system }): Identifier[] => {
    const value = cwe.component(code)
    if (value === undefined) return []
    return [{ system: codingSystem(cwe.text(system), undefined, local, reading), value }]
  })
  const texts = [2, 5, 11, 9].map((part) => cwe.component(part))
  const names = [...new Set(texts.filter((text) => text !== undefined))]
  const [first] = identifiers
  const display = names.at(-1)
  if (first === undefined) return display === undefined ? undefined : { display }
  const reference = mention({
    resourceType: "Device",
    identifier: [
      own(reading, "Device", where, `${first.system}`, `${first.value}`),
      ...identifiers,
    ],
    deviceName: names.map((name) => ({ name, type: "user-friendly-name" })),
  })
  return { ...reference, display }
}

/** Where the codes of a CWE and the names of their systems stand. */
const triplets = [
  { code: 1, system: 3 },
  { code: 4, system: 6 },
  { code: 10, system: 12 },
]
