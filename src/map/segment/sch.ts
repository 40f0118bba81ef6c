import type { Appointment, CodeableConcept } from "fhir/r4"
import type { OwnIdentifier } from "../../fhir/identity.ts"
import type { Segment } from "../../hl7/message.ts"
import { patientKey } from "../../hl7/subject.ts"
import { each, type Field } from "../part.ts"
import { own, type Reading } from "../reading.ts"
import { translated } from "../type/cwe.ts"
import { minutes, unitIn } from "../type/duration.ts"
import { entityAt, entityIdentifier } from "../type/ei.ts"
import { practitioner } from "../type/xcn.ts"
import { appointmentType } from "../vocabulary/appointment-type.ts"
import { appointmentReason } from "../vocabulary/decided-scheduling.ts"
import { targetOf } from "../vocabulary/target.ts"

/**
 * Our own identifier of an appointment: the number of who schedules it (SCH-2), which every
 * message of theirs has, else that of who asked for it (SCH-1). One that repeats has the
 * occurrence (SCH-3) added. Numbers are their sender's own unless they name who gave them.
 */
export function appointmentIdentity(sch: Segment, reading: Reading): OwnIdentifier {
  return own(reading, "Appointment", ...(appointmentKey(sch, reading) ?? [reading.digest]))
}

/** What tells one appointment from another; undefined without a number. */
export function appointmentKey(sch: Segment, reading: Reading): string[] | undefined {
  const filler = entityAt(sch, 2)
  const number = filler ?? entityAt(sch, 1)
  if (number === undefined) return undefined
  const key = patientKey({ id: number.id, ...number.authority }, reading.sender) ?? number.id
  return [filler ? "filler" : "placer", key, sch.text(3) ?? ""]
}

const provenanceType = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
const callback: CodeableConcept = {
  coding: [
    {
      system: "http://terminology.hl7.org/CodeSystem/v3-ParticipationType",
      code: "CALLBCK",
      display: "callback contact",
    },
  ],
}

/**
 * The fields of SCH (2.5.1, 10.6.1) that the Appointment is made of, but for its time and status
 * and what goes with these.
 */
export const schFields: readonly Field<Appointment>[] = [
  number(1, "PLAC"),
  number(2, "FILL"),
  { field: 7, elements: ["reasonCode", "appointmentType"], make: reason },
  {
    field: 8,
    elements: ["appointmentType"],
    make: (sch, reading) => ({ appointmentType: typeIn(sch, "SCH-8", reading) }),
  },
  {
    field: 9,
    elements: ["minutesDuration"],
    make: (sch, reading) => {
      const duration = minutes(sch.text(9), unitIn(sch, 10), "SCH-9", reading)
      const fits = duration !== undefined && Number.isInteger(duration) && duration < 2 ** 31
      return fits && duration > 0 ? { minutesDuration: duration } : undefined
    },
  },
  contact(12, { ...callback, text: "placer contact" }),
  contact(16, { ...callback, text: "filler contact" }),
  contact(20, { coding: [{ system: provenanceType, code: "enterer", display: "Enterer" }] }),
  parent(23, "PLAC"),
  parent(24, "FILL"),
]

/**
 * SCH-7 is why the appointment is made. Where it names table 0277 it is the type: 2.5.1 has the
 * two tables the wrong way round, and senders follow the one or the other.
 */
function reason(sch: Segment, reading: Reading): Partial<Appointment> {
  if (sch.text(7, 3)?.toUpperCase() === "HL70277") {
    return { appointmentType: typeIn(sch, "SCH-7", reading) }
  }
  return {
    reasonCode: each(sch, 7, (cwe) =>
      translated(cwe, targetOf(appointmentReason, cwe.text(1)), "SCH-7", reading),
    ),
  }
}

function typeIn(sch: Segment, field: "SCH-7" | "SCH-8", reading: Reading) {
  return each(sch, field === "SCH-7" ? 7 : 8, (cwe) =>
    translated(cwe, targetOf(appointmentType, cwe.text(1)), field, reading),
  )[0]
}

function number(field: 1 | 2, type: "PLAC" | "FILL"): Field<Appointment> {
  return {
    field,
    elements: ["identifier"],
    make: (sch, reading) => ({ identifier: numbered(sch, field, type, reading) }),
  }
}

/** The appointment that this one is an occurrence of. */
function parent(field: 23 | 24, type: "PLAC" | "FILL"): Field<Appointment> {
  return {
    field,
    elements: ["supportingInformation"],
    make: (sch, reading) => ({
      supportingInformation: numbered(sch, field, type, reading).map((identifier) => ({
        type: "Appointment",
        identifier,
      })),
    }),
  }
}

function numbered(sch: Segment, field: number, type: "PLAC" | "FILL", reading: Reading) {
  const entity = entityAt(sch, field)
  // Not the system of orders' numbers: the two are counted apart.
  const local = type === "PLAC" ? "placer-appointment" : `appointment-${reading.sender}`
  return entity ? [entityIdentifier(entity, type, local, reading)] : []
}

/** Somebody to be asked about the appointment, who need not be there. */
function contact(field: 12 | 16 | 20, type: CodeableConcept): Field<Appointment> {
  return {
    field,
    elements: ["participant"],
    make: (sch, reading, mention) => ({
      participant: each(sch, field, (xcn) => {
        const actor = practitioner(xcn, reading, mention)
        return actor && { type: [type], actor, required: "information-only", status: "accepted" }
      }),
    }),
  }
}
