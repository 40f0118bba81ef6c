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
  const { namespace, universalId } = number
  const local = localTypes.has(number.universalIdType.toUpperCase())
  const assigner = (local ? namespace || universalId : universalId || namespace) || defaultAssigner
  // Escaped, so that no assigner's name can reach into the number: two patients would be one.
  return `${assigner.replaceAll(/[\\|]/g, "\\$&")}|${number.id}`
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
