import type {
  Coding,
  Encounter,
  EncounterHospitalization,
  EncounterLocation,
  Reference,
} from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { each, type Field } from "../part.ts"
import { own, type Reading } from "../reading.ts"
import { translated } from "../type/cwe.ts"
import { identifier } from "../type/cx.ts"
import { dischargedTo } from "../type/dld.ts"
import { dateTime } from "../type/dtm.ts"
import { location } from "../type/pl.ts"
import { temporary } from "../type/temporary.ts"
import { practitioner } from "../type/xcn.ts"
import { admissionType } from "../vocabulary/admission-type.ts"
import { ambulatoryStatus } from "../vocabulary/ambulatory-status.ts"
import { encounterClass } from "../vocabulary/encounter-class.ts"
import { hospitalSpecialty } from "../vocabulary/hospital-specialty.ts"
import { identifierType } from "../vocabulary/identifier-type.ts"
import { readmissionIndicator } from "../vocabulary/readmission-indicator.ts"
import { targetOf } from "../vocabulary/target.ts"

/**
 * Whether a PV1 speaks of a visit at all. Senders put an empty one, or one of class N ("not
 * applicable"), into messages that need none.
 */
export function speaksOfVisit(pv1: Segment): boolean {
  const visitClass = pv1.text(2)
  const said = pv1Fields.filter(({ field }) => field !== 2 && pv1.repetitions(field).length > 0)
  return said.length > 0 || (visitClass !== undefined && visitClass !== "N")
}

/**
 * Our own identifier of the visit: the patient's with the visit number, else with the time of
 * admission, else with the digest of the message, which no other message will ever name.
 */
export function encounterIdentity(pv1: Segment, patient: Reference, reading: Reading) {
  const admitted = dateTime(pv1.text(44), "PV1-44", reading)
  const number = pv1.text(19)
  if (number !== undefined) return visitNumbered(number, patient, reading)
  const key = admitted ? ["admitted", admitted] : ["message", reading.digest]
  return own(reading, "Encounter", patient.reference ?? "", ...key)
}

/** Our own identifier of a patient's visit of that number (PV1-19 or MRG-5). */
export function visitNumbered(number: string, patient: Reference, reading: Reading) {
  return own(reading, "Encounter", patient.reference ?? "", "visit", number)
}

/** Whether another message can speak of the same visit. */
export function namesVisit(pv1: Segment, reading: Reading): boolean {
  return pv1.text(19) !== undefined || dateTime(pv1.text(44), "PV1-44", reading) !== undefined
}

/**
 * The status a message gives its visit; undefined where it says nothing of it, as an A08 does, or
 * where it takes back what was said (A12, A13) or the patient returns from leave (A22). A discharge
 * finishes it, and class P (preadmit) is only planned. An A04 is "arrived", which is what 3.3.4
 * says of it: the patient has checked in, and no event tells when they are seen.
 */
export function visitStatus(type: string, pv1: Segment): Encounter["status"] | undefined {
  const event = type.slice("ADT^".length)
  if (Object.hasOwn(endings, event)) return endings[event]
  if (event === "A13" || event === "A22") return undefined
  if (event === "A03" || pv1.text(45) !== undefined) return "finished"
  if (event === "A21") return "onleave"
  if (pv1.text(2) === "P") return "planned"
  return Object.hasOwn(beginnings, event) ? beginnings[event] : undefined
}

/** Visits that did not take place (A11, A27, A38), and one that was never one (A23). */
const endings: Record<string, Encounter["status"]> = {
  A11: "cancelled",
  A23: "entered-in-error",
  A27: "cancelled",
  A38: "cancelled",
}

const beginnings: Record<string, Encounter["status"]> = {
  A01: "in-progress",
  A02: "in-progress",
  A04: "arrived",
  A05: "planned",
  A06: "in-progress",
  A07: "in-progress",
  A14: "planned",
  A17: "in-progress",
}

/** The fields of PV1 (2.5.1, 3.4.3) that the Encounter is made of. */
export const pv1Fields: readonly Field<Encounter>[] = [
  { field: 2, elements: ["class"], make: (pv1, reading) => ({ class: classOf(pv1, reading) }) },
  stay(3, (pv1) => (pv1.text(2) === "P" ? "planned" : "active")),
  {
    field: 4,
    elements: ["type"],
    make: (pv1, reading) => ({
      type: each(pv1, 4, (cwe) =>
        translated(cwe, targetOf(admissionType, cwe.text(1)), "PV1-4", reading),
      ),
    }),
  },
  hospitalization(5, "preAdmissionIdentifier"),
  stay(6, () => "completed"),
  participants(7, "ATND", "attender"),
  participants(8, "REF", "referrer"),
  participants(9, "CON", "consultant"),
  {
    field: 10,
    elements: ["serviceType"],
    make: (pv1, reading) => ({
      serviceType: each(pv1, 10, (cwe) =>
        translated(cwe, targetOf(hospitalSpecialty, cwe.text(1)), "PV1-10", reading),
      )[0],
    }),
  },
  stay(11, () => "active"),
  hospitalization(13, "reAdmission", readmissionIndicator),
  hospitalization(14, "admitSource"),
  hospitalization(15, "specialArrangement", ambulatoryStatus),
  hospitalization(16, "specialCourtesy"),
  participants(17, "ADM", "admitter"),
  {
    field: 19,
    elements: ["identifier"],
    make: (pv1, reading) => ({
      identifier: each(pv1, 19, (cx) => {
        const visit = identifier(cx, "visit", "PV1-19", reading)
        return visit && { ...visit, type: { coding: [identifierType.VN], text: "visit number" } }
      }),
    }),
  },
  hospitalization(36, "dischargeDisposition"),
  {
    field: 37,
    elements: ["hospitalization"],
    make: (pv1, reading, mention) => {
      const [destination] = each(pv1, 37, (dld) => dischargedTo(dld, reading, mention))
      return destination && { hospitalization: { destination } }
    },
  },
  hospitalization(38, "dietPreference"),
  stay(42, () => "reserved"),
  {
    field: 44,
    elements: ["period"],
    make: (pv1, reading) => ({ period: { start: dateTime(pv1.text(44), "PV1-44", reading) } }),
  },
  {
    field: 45,
    elements: ["period"],
    make: (pv1, reading) => ({ period: { end: dateTime(pv1.text(45), "PV1-45", reading) } }),
  },
  {
    field: 50,
    elements: ["identifier"],
    make: (pv1, reading) => ({
      identifier: each(pv1, 50, (cx) => identifier(cx, "visit", "PV1-50", reading)),
    }),
  },
  participants(52, "PART", "Participation"),
]

/** Encounter.class is required in R4: what stands there when nobody ever said. */
export const unknownClass: Coding = encounterClass.U

/** The fields that say where the patient is and was: of one visit they make a history together. */
export const placeFields: ReadonlySet<number> = new Set([3, 6, 11])

/** PV1-2 (table 0004) as v3-ActCode; a code outside the table stays the site's own. */
export function classOf(pv1: Segment, reading: Reading): Coding | undefined {
  const target = targetOf(encounterClass, pv1.text(2))
  return each(pv1, 2, (cwe) => translated(cwe, target, "PV1-2", reading)?.coding?.[0])[0]
}

function stay(
  field: 3 | 6 | 11 | 42,
  status: (pv1: Segment) => EncounterLocation["status"],
): Field<Encounter> {
  return {
    field,
    elements: ["location"],
    make: (pv1, reading, mention) => ({
      location: each(pv1, field, (pl) => {
        const place = location(pl, reading, mention)
        const extension = field === 11 ? [temporary] : undefined
        return place && { extension, location: place, status: status(pv1) }
      }),
    }),
  }
}

function participants(field: 7 | 8 | 9 | 17 | 52, code: string, display: string): Field<Encounter> {
  return {
    field,
    elements: ["participant"],
    make: (pv1, reading, mention) => ({
      participant: each(pv1, field, (xcn) => {
        const individual = practitioner(xcn, reading, mention)
        const coding = [{ system: participationType, code, display }]
        return individual && { type: [{ coding, text: display }], individual }
      }),
    }),
  }
}

/** PV1-5, a CX, or one of the coded fields; of these, some elements are lists in FHIR. */
function hospitalization(
  field: 5 | 13 | 14 | 15 | 16 | 36 | 38,
  element: keyof EncounterHospitalization,
  table: Readonly<Record<string, Coding | null>> = {},
): Field<Encounter> {
  return {
    field,
    elements: ["hospitalization"],
    make: (pv1, reading) => {
      const said = each(pv1, field, (repetition) =>
        field === 5
          ? identifier(repetition, "visit", `PV1-${field}`, reading)
          : translated(repetition, targetOf(table, repetition.text(1)), `PV1-${field}`, reading),
      )
      if (said.length === 0) return undefined
      const isList = field === 15 || field === 16 || field === 38
      return { hospitalization: { [element]: isList ? said : said[0] } }
    },
  }
}

const participationType = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
