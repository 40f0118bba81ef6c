import type { CodeableConcept, Observation, Reference } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import type { About } from "../mentioned.ts"
import { each } from "../part.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import type { Observed } from "../result/groups.ts"
import { absentCode } from "../type/absent.ts"
import { codeText, firstConcept, translated } from "../type/cwe.ts"
import { dateTime } from "../type/dtm.ts"
import { entityAt, entityIdentifier } from "../type/ei.ts"
import { unitOf } from "../type/quantity.ts"
import { referenceRange } from "../type/range.ts"
import { type Status, statusOf } from "../type/status.ts"
import { valuesOf } from "../type/value.ts"
import { observationStatus } from "../vocabulary/decided.ts"
import { interpretation } from "../vocabulary/interpretation.ts"
import { targetOf } from "../vocabulary/target.ts"
import { deviceOf } from "./device.ts"
import { annotations } from "./nte.ts"
import { effective } from "./obr.ts"
import { extensionsOf } from "./observation-extension.ts"
import { performersOf } from "./performer.ts"
import { type Numbered, specimensNamed } from "./specimen-named.ts"

/** What an observation stands in. */
export interface Within extends About {
  specimen?: Reference | undefined
  /** Set where the specimen itself was observed, not the patient. */
  focus?: Reference | undefined
  obr?: Segment | undefined
  /** The specimens of the order, where there are several. */
  numbered?: Numbered | undefined
}

/** What tells an observation from others of its report, but for repeats: OBX-3 and OBX-4. */
export function observationKey({ lines: [obx] }: Observed): string[] {
  const [asked] = obx.repetitions(3)
  return [asked?.component(1) ?? asked?.whole() ?? "", obx.raw(4).trim()]
}

/** The observation an OBX makes (2.5.1, 7.4.2); undefined where it neither asks nor answers. */
export function observation(
  observed: Observed,
  key: readonly string[],
  within: Within,
  reading: Reading,
  mention: Mention,
): Observation | undefined {
  const { lines, notes } = observed
  const [obx] = lines
  const code = firstConcept(obx, "OBX-3", reading)
  const values = valuesOf(lines, reading)
  if (code === undefined && values.length === 0) {
    reading.note("OBX: neither OBX-3 nor OBX-5 says anything; it is left out")
    return undefined
  }
  const [value, ...more] = values
  const instance = entityAt(obx, 21)
  // A "~" is part of the range: "4.0~10.0" of some analyzers, "M: 13-17~F: 12-16" of others.
  const range = obx
    .repetitions(7)
    .map((part) => part.whole().trim())
    .join("~")
  const ranges = range ? [referenceRange(range, unitOf(obx.repetitions(6)[0], reading))] : []
  const observedAt = dateTime(obx.text(14), "OBX-14", reading)
  const { status, _status } = statusOfObservation(observed, within.obr, reading)
  const time = observedAt ? { effectiveDateTime: observedAt } : effective(within.obr, reading)
  return {
    resourceType: "Observation",
    extension: extensionsOf(observed, within.numbered, reading, mention),
    identifier: [
      own(reading, "Observation", ...key),
      ...(instance ? [entityIdentifier(instance, "FILL", "observation", reading)] : []),
    ],
    status,
    _status,
    category: each(obx, 29, (id) => ({
      coding: [{ system: observationType, code: codeText(id.text()) }],
    })),
    code: code ?? absentCode,
    subject: within.subject,
    focus: within.focus && [within.focus],
    encounter: within.encounter,
    effectiveDateTime: time.effectiveDateTime,
    effectivePeriod: time.effectivePeriod,
    performer: performersOf(observed, reading, mention),
    ...(more.length === 0 ? value : {}),
    dataAbsentReason: value ? undefined : absence(obx, reading),
    interpretation: each(obx, 8, (cwe) =>
      translated(cwe, targetOf(interpretation, cwe.text(1)), "OBX-8", reading),
    ),
    note: annotations(notes, reading, mention),
    bodySite: firstConcept(obx, "OBX-20", reading),
    method: firstConcept(obx, "OBX-17", reading),
    specimen: within.specimen ?? specimensNamed(obx, within.numbered, reading)[0],
    device: deviceOf(observed, reading, mention),
    // Several values of one observation are its components, each asked by the same code.
    ...(more.length === 0
      ? { referenceRange: ranges }
      : {
          component: values.map((each) => {
            return { code: code ?? absentCode, ...each, referenceRange: ranges }
          }),
        }),
  }
}

/** OBX-11 D and W: what it brought before was wrong. */
export function isWithdrawn(obx: Segment): boolean {
  const status = obx.text(11)
  return status === "D" || status === "W"
}

/**
 * OBX-11 (table 0085), of a text that of the first line that is not final. Without it OBR-25 may
 * say that everything is final or nothing is; else the status is not known, and nothing is called
 * final that its sender has not called so.
 */
export function statusOfObservation(
  { lines }: Observed,
  obr: Segment | undefined,
  reading: Reading,
): Status<Observation["status"]> {
  let code: string | undefined
  for (const line of lines) {
    const given = line.text(11)
    if (code === undefined || code === "F") code = given ?? code
  }
  if (code !== undefined) {
    const from = { field: "OBX-11", table: "0085", plain: "ACFP" }
    return statusOf(observationStatus, code, from, reading)
  }
  const whole = obr?.text(25)
  if (whole === "F" || whole === "C") return { status: "final" }
  if (whole === "P") return { status: "preliminary" }
  reading.note("OBX-11: no status is given; it is written as unknown")
  return { status: "unknown" }
}

/** Why there is no value, where OBX-32 or OBX-11 tells. */
function absence(obx: Segment, reading: Reading): CodeableConcept | undefined {
  const reason = firstConcept(obx, "OBX-32", reading)
  if (reason !== undefined) return reason
  const code = targetOf(absences, obx.text(11))
  return code === undefined ? undefined : { coding: [{ system: dataAbsentReason, code }] }
}

const observationType = "http://terminology.hl7.org/CodeSystem/v2-0936"
const dataAbsentReason = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
const absences: Record<string, string | undefined> = {
  I: "temp-unknown",
  N: "not-asked",
  O: "temp-unknown",
  P: "temp-unknown",
  R: "temp-unknown",
  S: "temp-unknown",
  X: "not-performed",
}
