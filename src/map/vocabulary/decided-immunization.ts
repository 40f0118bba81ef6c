/** Our own targets for the codes of RXA, where the HL7 v2-to-FHIR guide leaves them to others. */

const origin = "http://terminology.hl7.org/CodeSystem/immunization-origin"

/**
 * RXA-9 (NIP001, as the CDC's guide for immunizations uses it) → Immunization.reportOrigin. 00, a
 * new record, has none: it comes from who gave the vaccine. null: a history that FHIR's list, of
 * another provider, a record, a recall and a school, has no word for.
 */
export const immunizationOrigin = {
  "01": null,
  "02": { system: origin, code: "provider", display: "Other Provider" },
  "03": { system: origin, code: "record", display: "Written Record" },
  "04": { system: origin, code: "recall", display: "Parent/Guardian/Patient Recall" },
  "05": null,
  "06": null,
  "07": { system: origin, code: "school", display: "School Record" },
  "08": null,
} as const
