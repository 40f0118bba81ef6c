/**
 * Writes src/map/vocabulary/<table>.ts from the code tables of the HL7 v2-to-FHIR guide
 * (1.0.0 STU 1, R4; the tables' content is CC0), one typed constant a table.
 *
 *   bun scripts/vocabulary.ts <folder with the guide's codesystem tables>
 *
 * The output is committed: nothing reads the tables at run time. What we decided ourselves where
 * the guide names no target stands in src/map/vocabulary/decided.ts, not here. Some tables of the
 * guide hold no v2 codes (diets, financial classes, languages, units of durations), and some serve
 * resources that no transaction holds (MessageHeader): those are left out.
 */
import { join } from "node:path"

/** Our file name → the guide's name of the table. */
const tables: Record<string, string> = {
  "additive-preservative": "AdditivePreservative",
  "address-type": "AddressType[Type]",
  "address-use": "AddressType[Use]",
  "administration-method": "AdministrationMethod",
  "administrative-sex": "AdministrativeSex",
  "admission-type": "AdmissionType",
  "allergen-category": "AllergenType[AllergyIntoleranceCategory]",
  "allergy-criticality": "AllergySeverity[AllergyIntolerance.criticality]",
  "allergy-reaction-severity": "AllergySeverity[AllergyIntolerance.reaction.severity]",
  "allergy-type": "AllergyType",
  "allow-substitution": "AllowSubstitution",
  "ambulatory-status": "AmbulatoryStatus",
  "appointment-reason": "AppointmentReasonCodes",
  "appointment-type": "AppointmentTypeCodes",
  "body-part": "BodyParts",
  "body-site": "BodySite",
  "completion-status": "CompletionStatus",
  confidentiality: "ConfidentialityCode",
  "contact-role": "ContactRole",
  degree: "DegreeLicenseCertificate",
  "diagnosis-type": "DiagnosisType",
  "diagnostic-service-section": "DiagnosticServiceSectionID",
  "document-confidentiality": "DocumentConfidentialityStatus",
  "encounter-class": "PatientClass[EncounterClass]",
  "encounter-priority": "EncounterPriority",
  "encounter-status": "PatientClass[EncounterStatus]",
  "event-reason": "EventReason",
  "event-related-period": "EventRelatedPeriod",
  "extended-priority": "ExtendedPriorityCodes",
  "filler-status": "FillerStatusCodes[Appointment]",
  "hospital-specialty": "HospitalService",
  "identifier-type": "IdentifierType",
  interpretation: "InterpretationCodes",
  "living-will": "LivingWillCode",
  "marital-status": "MaritalStatus",
  "mode-of-arrival": "ModeOfArrivalCode",
  "name-assembly-order": "NameAssemblyOrder",
  "name-use": "NameType",
  "nature-of-abnormal-testing": "NatureOfAbnormalTesting",
  "observation-status": "ObservationResultStatusCodesInterpretation",
  "order-control": "OrderControlCode[ServiceRequest.status]",
  "order-status": "OrderStatus",
  "order-type": "OrderType",
  participation: "Participation",
  "practitioner-id-type": "PractitionerIDNumberType",
  "provider-role": "ProviderRole",
  "readmission-indicator": "ReadmissionIndicator",
  relationship: "Relationship",
  religion: "Religion",
  "repeat-pattern": "RepeatPattern",
  "result-status": "ResultStatus[Non-Queries]",
  "route-of-administration": "RouteOfAdministration",
  "specimen-availability": "YesNoIndicator[AvailabilityStatus]",
  "specimen-collection-method": "SpecimenCollectionMethod",
  "specimen-condition": "SpecimenCondition",
  "specimen-type": "SpecimenType",
  "telecom-equipment": "TelecommunicationEquipmentType",
  "telecom-use": "TelecommunicationUseCode",
}

/**
 * Targets that are in no code system of R4, and what stands for them. A table's own code system
 * has every code of the table.
 */
const mended: Record<string, Record<string, Target>> = {
  // Common law came into v3-MaritalStatus after R4.
  MaritalStatus: {
    C: {
      system: "http://terminology.hl7.org/CodeSystem/v2-0002",
      code: "C",
      display: "Common law",
    },
  },
}

const folder = process.argv[2]
if (folder === undefined) {
  console.error("usage: bun scripts/vocabulary.ts <folder with the guide's codesystem tables>")
  process.exit(64)
}
const vocabulary = join(import.meta.dir, "../src/map/vocabulary")
for (const [file, table] of Object.entries(tables)) {
  const csv = await Bun.file(join(folder, `HL7 Concept Map_ ${table} - Sheet1.csv`)).text()
  const entries = new Map([...concepts(csv), ...Object.entries(mended[table] ?? {})])
  await Bun.write(join(vocabulary, `${file}.ts`), typescript(file, table, entries))
}
await Bun.$`bunx biome check --write ${vocabulary}`.quiet()

interface Target {
  system: string
  code: string
  display?: string
}

/** Reads v2 code → FHIR target, null where the guide knows the code and names no target. */
function concepts(csv: string): Map<string, Target | null> {
  const [, header = [], ...rows] = parseCsv(csv)
  // The columns of the two sides bear the same names, and five of the tables lack the empty
  // column after the second "Code": so by name, counted from the second "Code" on.
  const source = header.indexOf("Code")
  const code = header.indexOf("Code", source + 1)
  const display = header.indexOf("Display", code)
  const system = header.indexOf("Code System", code)
  const found = new Map<string, Target | null>()
  for (const row of rows) {
    // Three codes of the body parts end in half of a non-breaking space.
    const cell = (column: number) => (row[column] ?? "").replace("\u00c2", "").trim()
    // Rows without a v2 code list what else the FHIR code system has. One in quotation marks
    // describes codes and is none, such as "Meal Related Timings".
    const v2 = cell(source)
    if (v2 === "" || v2.startsWith('"') || found.has(v2)) continue
    const target: Target = { system: cell(system), code: cell(code) }
    // The table of patient classes has its displays in the unnamed column after "Code".
    const shown = cell(display) || cell(code + 1)
    if (shown !== "") target.display = shown
    found.set(v2, target.code === "" ? null : target)
  }
  return found
}

/** RFC 4180: fields may be quoted, and quoted fields may hold commas, quotes and line breaks. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]]
  for (const match of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    const [whole, quoted, plain, end] = match
    if (whole === "") break
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? "")
    if (end !== ",") rows.push([])
  }
  return rows
}

function typescript(file: string, table: string, entries: Map<string, Target | null>): string {
  const systems = new Set([...entries.values()].flatMap((target) => target?.system ?? []))
  const lines = [...entries].map(([v2, target]) => {
    if (target === null) return `${JSON.stringify(v2)}: null,`
    const { system, ...concept } = target
    const rest = Object.entries(concept).map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
    return `${JSON.stringify(v2)}: { system: ${nameOf(system)}, ${rest.join(", ")} },`
  })
  return [
    `// Generated by scripts/vocabulary.ts from the table "${table}"`,
    "// of the HL7 v2-to-FHIR guide, 1.0.0 STU 1 (CC0). Not to be edited by hand.",
    "",
    ...[...systems].map((system) => `const ${nameOf(system)} = ${JSON.stringify(system)}`),
    "",
    `export const ${camelCase(file)} = {`,
    ...lines,
    "} as const",
    "",
  ].join("\n")
}

/** `http://hl7.org/fhir/name-use` → `nameUseSystem`. */
function nameOf(system: string): string {
  return `${camelCase(system.slice(system.lastIndexOf("/") + 1))}System`
}

function camelCase(kebab: string): string {
  return kebab.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}
