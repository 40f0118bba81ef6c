import type { Attachment, DiagnosticReport, Observation, Reference } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { each } from "../part.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import type { Order } from "../result/groups.ts"
import { absentCode } from "../type/absent.ts"
import { firstConcept, translated } from "../type/cwe.ts"
import { dateTime, instant, period } from "../type/dtm.ts"
import { entityKey } from "../type/ei.ts"
import { worker } from "../type/ndl.ts"
import { type Status, statusOf } from "../type/status.ts"
import { resultStatus } from "../vocabulary/decided.ts"
import { diagnosticServiceSection } from "../vocabulary/diagnostic-service-section.ts"
import { targetOf } from "../vocabulary/target.ts"
import { annotations } from "./nte.ts"
import { codeOf, groupIdentifiers, numberIdentifiers, orderNumbers, securityOf } from "./orc.ts"
import { participantsOf } from "./prt.ts"

/**
 * What a report and everything in it is keyed by: the patient, the sender, its filler number and
 * the service. A sender whose numbers start again has the day added; without a filler number it
 * is the placer's and the time; without both, only the message itself tells it from another.
 */
export function reportKey(order: Order, subject: Reference, reading: Reading): string[] {
  const { placer, filler } = orderNumbers(order)
  const observedAt = order.obr?.text(7) ?? ""
  const number = filler
    ? ["filler", entityKey(filler), reading.source.fillerRepeats ? observedAt.slice(0, 8) : ""]
    : placer
      ? ["placer", entityKey(placer), observedAt]
      : ["message", reading.digest]
  // The susceptibilities of two organisms often share number and service: the parent result tells.
  // Its OBX-3 and OBX-4 do, not the value (OBR-26.3): that changes from preliminary to final.
  const [parent] = order.obr?.repetitions(26) ?? []
  const child = parent ? ["of", parent.text(1) ?? "", parent.text(2) ?? ""] : []
  return [subject.reference ?? "", reading.sender, ...number, codeOf(order), ...child]
}

/** What a report refers to, and what there is in it. */
export interface Reported {
  subject: Reference
  encounter: Reference | undefined
  basedOn: Reference | undefined
  specimen: Reference[]
  result: Reference[]
  presentedForm: Attachment[]
  /** Of the observations and the documents. */
  statuses: readonly DiagnosticReport["status"][]
}

/** The report an OBR makes (2.5.1, 7.4.1). */
export function diagnosticReport(
  order: Order & { obr: Segment },
  key: readonly string[],
  reported: Reported,
  reading: Reading,
  mention: Mention,
): DiagnosticReport {
  const { obr } = order
  const { subject, encounter, basedOn, specimen, result, presentedForm } = reported
  const code = firstConcept(obr, "OBR-4", reading)
  const section = targetOf(diagnosticServiceSection, obr.text(24))
  const notes = annotations(order.notes, reading, mention)
  const reason = order.orc && firstConcept(order.orc, "ORC-16", reading)
  return {
    resourceType: "DiagnosticReport",
    identifier: [
      own(reading, "DiagnosticReport", ...key),
      ...numberIdentifiers(orderNumbers(order), reading),
      ...groupIdentifiers(order.orc, reading),
    ],
    // R4's report has no notes of its own; R5's has, and this is how R4 borrows it. A remark of
    // the laboratory is no conclusion.
    extension: [
      ...notes.map((valueAnnotation) => ({ url: reportNote, valueAnnotation })),
      ...(reason ? [{ url: statusReason, valueCodeableConcept: reason }] : []),
    ],
    meta: { security: securityOf(order.orc) },
    ...statusOfReport(obr, reported.statuses, reading),
    category: each(obr, 24, (cwe) => translated(cwe, section, "OBR-24", reading)),
    code: code ?? absentCode,
    subject,
    encounter,
    basedOn: basedOn && [basedOn],
    ...effective(obr, reading),
    issued: instant(obr.text(22), "OBR-22", reading),
    resultsInterpreter: [
      ...each(obr, 32, (ndl) => worker(ndl, "OBR-32", reading, mention)),
      ...participantsOf(order, "interpreter", reading, mention),
    ],
    performer: [
      ...participantsOf(order, "performer", reading, mention),
      ...functioning(obr, 34, "SPRF", reading, mention),
      ...functioning(obr, 35, "TRANS", reading, mention),
    ],
    specimen,
    result,
    presentedForm,
  }
}

/** OBR-34 and OBR-35: the technicians and the transcriptionists, and that they are that. */
function functioning(
  obr: Segment,
  field: 34 | 35,
  code: "SPRF" | "TRANS",
  reading: Reading,
  mention: Mention,
): Reference[] {
  if (!obr.says([field])) return []
  const valueCodeableConcept = { coding: [{ system: participationType, code }] }
  const extension = [{ url: performerFunction, valueCodeableConcept }]
  const workers = each(obr, field, (ndl) => worker(ndl, `OBR-${field}`, reading, mention))
  return workers.map((person) => ({ extension, ...person }))
}

/** When it was observed: OBR-7, and OBR-8 where it took its time. */
export function effective(
  obr: Segment | undefined,
  reading: Reading,
): Pick<Observation, "effectiveDateTime" | "effectivePeriod"> {
  if (obr === undefined) return {}
  if (obr.text(8) === undefined) {
    return { effectiveDateTime: dateTime(obr.text(7), "OBR-7", reading) }
  }
  return { effectivePeriod: period(obr.text(7), obr.text(8), "OBR-8", reading) }
}

/**
 * OBR-25; where the sender leaves it out (LinuxForHealth #90), what its observations come to: one
 * that is not final makes the whole not final, and one of unknown status the whole unknown.
 */
function statusOfReport(
  obr: Segment,
  given: readonly DiagnosticReport["status"][],
  reading: Reading,
): Status<DiagnosticReport["status"]> {
  const code = obr.text(25)
  const from = { field: "OBR-25", table: "0123", plain: "CFPX" }
  if (code !== undefined) return statusOf(resultStatus, code, from, reading)
  const statuses = new Set(given)
  const [only = "unknown"] = statuses
  if (statuses.size <= 1) return { status: only }
  if (statuses.has("unknown")) return { status: "unknown" }
  const done = (["corrected", "amended", "final"] as const).find((each) => statuses.has(each))
  const open = statuses.has("preliminary") || statuses.has("registered")
  if (open) return { status: done ? "partial" : "preliminary" }
  return { status: done ?? "unknown" }
}

const reportNote = "http://hl7.org/fhir/5.0/StructureDefinition/extension-DiagnosticReport.note"
const statusReason = "http://hl7.org/fhir/StructureDefinition/event-statusReason"
const performerFunction = "http://hl7.org/fhir/StructureDefinition/event-performerFunction"
const participationType = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
