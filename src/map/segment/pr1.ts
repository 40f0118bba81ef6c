import type { CodeableConcept, Procedure, ProcedurePerformer } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import type { About } from "../mentioned.ts"
import { each } from "../part.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { codeKey, concept, firstConcept } from "../type/cwe.ts"
import { dateTime } from "../type/dtm.ts"
import { entityAt, entityIdentifier, entityKey } from "../type/ei.ts"
import { location } from "../type/pl.ts"
import { decimal } from "../type/quantity.ts"
import { practitioner } from "../type/xcn.ts"
import { actorsOf } from "./prt.ts"

/**
 * A PR1 (2.5.1, 6.5.4) as a Procedure, known by the patient, the visit, and its own number (PR1-19)
 * or else its code and time. Undefined when neither PR1-3 nor PR1-4 names one. `status` is what the
 * message makes of a procedure that it does not take back: the guide leaves that to the event.
 * `roles`: the ROL and PRT below it, which since 2.7 stand for PR1-8, PR1-11 and PR1-12.
 */
export function procedure(
  pr1: Segment,
  { subject, encounter }: About,
  status: "completed" | "unknown",
  reading: Reading,
  mention: Mention,
  roles: readonly Segment[] = [],
): Procedure | undefined {
  const code = performedCode(pr1, reading)
  if (code === undefined) {
    reading.note("PR1-3: no procedure is named; it is left out")
    return undefined
  }
  const number = entityAt(pr1, 19)
  const parent = entityAt(pr1, 25)
  const key = number
    ? ["number", entityKey(number)]
    : [encounter?.reference ?? "", codeKey(pr1, "PR1-3", code, reading), pr1.text(5) ?? ""]
  const [place] = each(pr1, 23, (pl) => location(pl, reading, mention))
  return {
    resourceType: "Procedure",
    identifier: [
      own(reading, "Procedure", subject.reference ?? "", ...key),
      ...(number ? [entityIdentifier(number, undefined, "procedure", reading)] : []),
    ],
    // The parent may well be of another message: it is named by its number.
    partOf: parent && [
      {
        type: "Procedure",
        identifier: entityIdentifier(parent, undefined, "procedure", reading),
      },
    ],
    status: pr1.text(20) === "D" ? "entered-in-error" : status,
    category: firstConcept(pr1, "PR1-6", reading),
    code,
    subject,
    encounter,
    ...performed(pr1, reading),
    performer: [
      ...performers(pr1, 8, anesthetist, reading, mention),
      ...performers(pr1, 11, surgeon, reading, mention),
      ...performers(pr1, 12, undefined, reading, mention),
      ...actorsOf(roles, reading, mention),
    ],
    location: place,
    reasonCode: each(pr1, 15, (cwe) => concept(cwe, "PR1-15", reading)),
  }
}

/**
 * A code with its modifiers, which CPT writes behind a colon: `71045:26`. Other systems have no
 * form for them, so that a note says what was left out; `where` names the field.
 */
export function modified(
  code: CodeableConcept,
  modifiers: readonly string[],
  where: string,
  reading: Reading,
): CodeableConcept {
  if (modifiers.length === 0) return code
  const isCpt = ({ system }: { system?: string }) => system === "http://www.ama-assn.org/go/cpt"
  if (!code.coding?.some(isCpt)) {
    reading.note(`${where}: a modifier of a code that is not CPT has no place; it is left out`)
    return code
  }
  const coding = code.coding.map((each) =>
    isCpt(each) ? { ...each, code: [each.code, ...modifiers].join(":") } : each,
  )
  return { ...code, coding }
}

/** PR1-4, the description of old senders, stands in for a text that PR1-3 does not have. */
function performedCode(pr1: Segment, reading: Reading): CodeableConcept | undefined {
  const code = firstConcept(pr1, "PR1-3", reading)
  const text = code?.text ?? pr1.component(4)
  if (code === undefined) return text === undefined ? undefined : { text }
  const modifiers = each(pr1, 16, (cwe) => cwe.text(1))
  return modified({ ...code, text }, modifiers, "PR1-16", reading)
}

/** PR1-5, and PR1-7 (minutes) where the start is told to the minute. */
function performed(
  pr1: Segment,
  reading: Reading,
): Pick<Procedure, "performedDateTime" | "performedPeriod"> {
  const start = dateTime(pr1.text(5), "PR1-5", reading)
  if (start === undefined) return {}
  const end = start.includes("T") ? later(start, decimal(pr1.text(7)) ?? 0) : undefined
  return end === undefined ? { performedDateTime: start } : { performedPeriod: { start, end } }
}

/** So many minutes later, in the same zone; undefined for none, and for more than a year. */
function later(start: string, minutes: number): string | undefined {
  if (minutes <= 0 || minutes > 366 * 24 * 60) return undefined
  const [, sign = "+", hours = "0", rest = "0"] = /([+-])(\d\d):(\d\d)$/.exec(start) ?? []
  const offset = (Number(hours) * 60 + Number(rest)) * (sign === "-" ? -1 : 1)
  const local = new Date(Date.parse(start) + (minutes + offset) * 60_000)
  if (Number.isNaN(local.getTime()) || local.getUTCFullYear() > 9999) return undefined
  const zone = start.endsWith("Z") ? "Z" : start.slice(-6)
  return `${local.toISOString().slice(0, 19)}${zone}`
}

function performers(
  pr1: Segment,
  field: 8 | 11 | 12,
  coding: (typeof surgeon | typeof anesthetist) | undefined,
  reading: Reading,
  mention: Mention,
): ProcedurePerformer[] {
  return each(pr1, field, (xcn) => {
    const actor = practitioner(xcn, reading, mention)
    return actor && { function: coding && { coding: [coding] }, actor }
  })
}

/** The functions that the guide gives to PR1-8 and PR1-11. */
const anesthetist = { system: "http://snomed.info/sct", code: "88189002" } as const
const surgeon = { system: "http://snomed.info/sct", code: "304292004" } as const
