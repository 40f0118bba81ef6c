import type { Segment } from "./message.ts"
import type { Repetition } from "./repetition.ts"

/** A patient number as CX gives it: CX-1 and the three parts of CX-4 (HD). */
export interface PatientNumber {
  id: string
  namespace: string
  universalId: string
  universalIdType: string
}

/**
 * The key a patient number is known by, at intake and in the maps alike: who assigned it, and the
 * number. An assigner that is globally unique (OID, URI, UUID) goes by that; any other by its
 * local name; none, by the source's `assigner`. Undefined without a number.
 */
export function patientKey(number: PatientNumber, defaultAssigner = ""): string | undefined {
  if (number.id === "") return undefined
  const assigner = assignerIn(number) || defaultAssigner
  // Escaped, so that no assigner's name can reach into the number: two patients would be one.
  return `${assigner.replaceAll(/[\\|]/g, "\\$&")}|${number.id}`
}

function assignerIn({ namespace, universalId, universalIdType }: PatientNumber): string {
  const local = localTypes.has(universalIdType.toUpperCase())
  return local ? namespace || universalId : universalId || namespace
}

/** A CX as a patient number. */
export function patientNumberIn(cx: Repetition): PatientNumber {
  const assigner = (part: number) => cx.text(4, part) ?? ""
  const [namespace, universalId, universalIdType] = [assigner(1), assigner(2), assigner(3)]
  return { id: cx.text(1) ?? "", namespace, universalId, universalIdType }
}

/** Of a patient's numbers the one they are known by: the medical record's, else the first. */
export function chosenNumber(numbers: readonly Repetition[]): Repetition | undefined {
  const numbered = numbers.filter((cx) => {
    const id = cx.text(1)
    return id !== undefined && !isPlaceholder(id)
  })
  return numbered.find((cx) => cx.text(5) === "MR") ?? numbered[0]
}

/**
 * Who assigned the numbers of an MRG that name nobody: whoever assigned the number that the PID
 * above it is known by. Half the senders write `MRG|123`; undefined where no PID tells.
 */
export function assignerAbove(segments: readonly Segment[], mrg: Segment): string | undefined {
  const pid = segments.slice(0, segments.indexOf(mrg)).findLast(({ name }) => name === "PID")
  const number = pid && chosenNumber(pid.repetitions(3))
  return number && assignerIn(patientNumberIn(number))
}

/** Table 0301: the types of a universal id that is only unique where it was given out. */
const localTypes: ReadonlySet<string> = new Set(["L", "M", "N"])

/**
 * Whether what stands for a patient number is none: "0" and "UNKNOWN" are what senders write of
 * somebody they don't know, and everybody who is not known would be one patient.
 */
export function isPlaceholder(id: string): boolean {
  return placeholder.test(id)
}

const placeholder = /^(?:0+|[-.?*_/]+|unk|unknown|none|null|n\/?a|anonymous)$/i
