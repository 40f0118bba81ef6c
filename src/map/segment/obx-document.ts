import type { Attachment, DocumentReference, Observation } from "fhir/r4"
import { each } from "../part.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import type { Observed } from "../result/groups.ts"
import { absentCode } from "../type/absent.ts"
import { firstConcept } from "../type/cwe.ts"
import { instant } from "../type/dtm.ts"
import { attachment, pointer } from "../type/ed.ts"
import { attachmentTypes } from "../type/value.ts"
import { annotations } from "./nte.ts"
import { isWithdrawn, observation, statusOfObservation, type Within } from "./obx.ts"

/**
 * What an OBX makes: the document that its files are, else an observation; undefined where there
 * is neither. A file is no value that R4 knows.
 */
export function resourceOf(
  observed: Observed,
  key: readonly string[],
  within: Within,
  reading: Reading,
  mention: Mention,
): Observation | DocumentReference | undefined {
  if (!bringsFile(observed)) return observation(observed, key, within, reading, mention)
  const files = attachmentsOf(observed, reading)
  if (files.length === 0) return undefined
  return documentReference(observed, files, key, within, reading, mention)
}

/** Whether an OBX brings a file, or points to one, instead of a value. */
export function bringsFile({ lines: [obx] }: Observed): boolean {
  return attachmentTypes.has(obx.text(2) ?? "")
}

/**
 * The files an OBX brings, one for each repetition of OBX-5; there being none is noted. One that is
 * withdrawn often comes without its file, and has to be found all the same: an attachment without
 * data stands for it.
 */
export function attachmentsOf({ lines: [obx] }: Observed, reading: Reading): Attachment[] {
  const title = obx.component(3, 2) ?? obx.component(3)
  const files = each(obx, 5, (value) => {
    const file = obx.text(2) === "RP" ? pointer(value) : attachment(value, "OBX-5", reading)
    return file && { ...file, title }
  })
  if (files.length === 0 && isWithdrawn(obx)) return [{ ...absentCode, title }]
  if (files.length === 0) reading.note("OBX-5: there is no file in it; it is left out")
  return files
}

/** The document that the files of an OBX are, so that it can be found without its report. */
function documentReference(
  observed: Observed,
  attachments: Attachment[],
  key: readonly string[],
  within: Within,
  reading: Reading,
  mention: Mention,
): DocumentReference {
  const [obx] = observed.lines
  const { status } = statusOfObservation(observed, within.obr, reading)
  const type = firstConcept(obx, "OBX-3", reading)
  const issued = obx.text(14) ?? within.obr?.text(22) ?? within.obr?.text(7)
  return {
    resourceType: "DocumentReference",
    identifier: [own(reading, "DocumentReference", ...key)],
    status: status === "entered-in-error" ? status : "current",
    docStatus: documentStatuses[status],
    type,
    description: annotations(observed.notes, reading, mention)
      .map(({ text }) => text)
      .join("\n"),
    subject: within.subject,
    date: hasClock(issued) ? instant(issued, "OBX-14", reading) : undefined,
    content: attachments.map((attachment) => ({ attachment })),
    context: { encounter: within.encounter && [within.encounter] },
  }
}

/** A day alone makes no instant. */
function hasClock(time: string | undefined): boolean {
  return time !== undefined && time.length >= "202604151200".length
}

const documentStatuses: Partial<Record<Observation["status"], DocumentReference["docStatus"]>> = {
  amended: "amended",
  corrected: "amended",
  "entered-in-error": "entered-in-error",
  final: "final",
  preliminary: "preliminary",
}
