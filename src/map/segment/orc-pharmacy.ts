import type { CodeableConcept, MedicationRequest, Meta } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import { firstConcept, translated } from "../type/cwe.ts"
import { dateTime } from "../type/dtm.ts"
import { statusOf } from "../type/status.ts"
import { confidentiality } from "../vocabulary/confidentiality.ts"
import { prescriptionControl, prescriptionStatus } from "../vocabulary/decided-pharmacy.ts"
import { targetOf } from "../vocabulary/target.ts"

/** ORC-5, else what ORC-1 does to the order; undefined where neither says anything of it. */
export function statusOfOrder(
  orc: Segment | undefined,
  reading: Reading,
): Partial<MedicationRequest> | undefined {
  const statusReason = orc && firstConcept(orc, "ORC-16", reading)
  const code = orc?.text(5)
  if (code !== undefined) {
    const plain = Object.hasOwn(prescriptionStatus, code) && code !== "A" ? code : ""
    const from = { field: "ORC-5", table: "0038", plain }
    return { ...statusOf(prescriptionStatus, code, from, reading), statusReason }
  }
  const control = orc?.text(1)
  if (control === undefined || targetOf(prescriptionControl, control) === null) {
    reading.note("ORC: neither ORC-1 nor ORC-5 tells the order's status")
    return undefined
  }
  const plain = targetOf(prescriptionControl, control) ? control : ""
  const from = { field: "ORC-1", table: "0119", plain }
  return { ...statusOf(prescriptionControl, control, from, reading), statusReason }
}

/** Who may see it (ORC-28). */
export function metaOf(orc: Segment | undefined, reading: Reading): Meta {
  const [cwe] = orc?.repetitions(28) ?? []
  const target = targetOf(confidentiality, cwe?.text(1))
  return { security: cwe && translated(cwe, target, "ORC-28", reading)?.coding }
}

/** With any other control code ORC-9 is the time of that event, not of the order. */
export function authoredOn(orc: Segment | undefined, rxe: Segment | undefined, reading: Reading) {
  const original = dateTime(rxe?.text(32), "RXE-32", reading)
  if (original !== undefined) return original
  return orc?.text(1) === "NW" ? dateTime(orc.text(9), "ORC-9", reading) : undefined
}

/** For inpatients or outpatients (ORC-29, table 0482). */
export function settingOf(orc: Segment): CodeableConcept[] {
  const setting = targetOf(settings0482, orc.text(29))
  return setting ? [{ coding: [{ system: requestCategory, code: setting }] }] : []
}

const settings0482 = { I: "inpatient", O: "outpatient" } as const
const requestCategory = "http://terminology.hl7.org/CodeSystem/medicationrequest-category"
