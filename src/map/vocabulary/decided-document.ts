/** Our own targets for the codes of TXA, for which the HL7 v2-to-FHIR guide has no tables. */

/** TXA-17 (table 0271) → DocumentReference.docStatus. */
export const documentCompletion = {
  AU: { code: "final" },
  LA: { code: "final" },
  // Dictated, documented, incomplete, in progress, pre-authenticated: nobody answers for it yet.
  DI: { code: "preliminary" },
  DO: { code: "preliminary" },
  IN: { code: "preliminary" },
  IP: { code: "preliminary" },
  PA: { code: "preliminary" },
} as const

/** TXA-19 (table 0273) → DocumentReference.status, a required binding. */
export const documentAvailability = {
  AV: { code: "current" },
  // "Deleted": nobody is to read it any more.
  CA: { code: "entered-in-error" },
  OB: { code: "superseded" },
  // Not for patient care, as one that is not signed yet; R4 has no status between.
  UN: { code: "current" },
} as const
