import type { Row } from "./tables.ts"

/** Why the maps do otherwise than a row of the guide; undefined where they only do not yet. */
export function reasonFor(row: Row): string | undefined {
  const field = row.number === undefined ? row.source : `${row.source}-${row.number}`
  const name = `${row.table} ${field} ${row.attribute}`
  return reasons.find(([rows]) => rows.test(name))?.[1]
}

/** Rows, by their table, their field and their attribute. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [
    /^\w+\[Provenance/,
    "one Provenance tells of the whole message: who assembled it, and what it is at its sender",
  ],
  [
    /^XCN\[\S+ XCN-18 /,
    "the extension is the whole name's by its definition, under its own URL, not its page's",
  ],
  [
    /^XCN\[Annotation-Author\] XCN-1[12] /,
    "the check digit is the number's, as the guide's other tables of XCN have it",
  ],
  [/^XAD\[Address\] XAD-7 extension\[2\]/, "the code stands beside the use; no extension is named"],
  [/^XAD\[Address\] XAD-10 /, "R4 puts a census tract to a line, and it is a string"],
  [
    /^XTN\[ContactPoint\] XTN-3 .*absent/,
    "a number of no other kind is a phone's: cpt-2 needs one",
  ],
  [/^CX\[RelatedPerson-Mother\] CX patient/, "she refers to the Patient, who has the identifiers"],
  [/^CX\[RelatedPerson-Mother\] CX .*system/, "v3-RoleCode has a URI; the guide's is a page's"],
  [
    /^IAM\[AllergyIntolerance\] IAM-14 .*\(Practitioner/,
    "who has no number is only named: two people may share a name, and be no practitioners",
  ],
  [/^IAM\[AllergyIntolerance\] IAM-14 .*\(Patient/, "the Patient is the recorder, named by PID-5"],
  [/^NK1\[RelatedPerson\]/, "an NK1 is a contact of the Patient, which is the guide's other way"],
  [
    /^NTE\[Appointment-Comment\] NTE-(4|9) /,
    "annotationType is of no release before R5, and alternate-codes is for codes, not for a text",
  ],
  [/^NTE\[Appointment-Comment\]/, "Appointment.comment has the text; the extension is R5's"],
  [
    /^PID\[Appointment\]/,
    "the Patient takes part whatever its number, and each number is an identifier of the Patient",
  ],
  [
    /^AIS\[Appointment\] AIS-[457] participant/,
    "a service is nobody who takes part (app-1); its time is its order's, and the appointment's",
  ],
  [
    /^AIS\[ServiceRequest\] AIS-(3|11|12) identifier/,
    "all orders of a service have its code: it is what is ordered, and tells none from another",
  ],
  [
    /^IN1\[Coverage\] IN1-2 identifier/,
    "all members of a plan share its number: it is the plan's class, and tells none from another",
  ],
  [
    /^SCH\[Appointment\] SCH-1[26] .*type\.coding\.system/,
    "FHIR's participant-type has no code for a contact; v3's CALLBCK, which is one, is used",
  ],
  [/^SCH\[ServiceRequest\] SCH-6 intent/, "what SCH-26 numbers is an order, whatever the reason"],
  [
    /^SCH\[ServiceRequest\] SCH-25 status/,
    "table 0278 says how the appointment stands; an order outlives one that is cancelled",
  ],
  [/^CWE\[Identifier\] .*\.name$/, "R4's Identifier has no name; the resource's own name says it"],
  [/^CWE\[Identifier\] CWE-13 /, "CWE-12 is the system, and honoured; CWE-13 is its version"],
  [/^DG1\[.*DG1-19 .*extension/, "Condition.recordedDate says it"],
  [/ \S*type\.text\b/, "the display of the coding beside it says it"],
  [/^PV1\[\S+ PV1-11 .*system$/, "the guide's is a set of codes; the codes' own system is there"],
  [
    /^PV1\[\S+ PV1-40 |^NDL\[\S+ NDL-8 |^IS\[code\]/,
    "a Location is created where absent and never changed: it would keep the status of one day",
  ],
  [
    /^PV2\[\S+ PV2-1 /,
    "it is where the patient is no longer to come (2.5.1, 3.4.4.1); planned would send them there",
  ],
  [
    /^(PID\[Patient\] PID-19|NK1\[RelatedPerson\] NK1-37) .*(system|code)$/,
    "a social security number is not taken for one of the United States: which it is nobody says",
  ],
  [
    /^OBX\[\S+ OBX-5 .*(extension|valueAttachment)/,
    "a file is a DocumentReference and what the report presents; R4 has no value that is a file",
  ],
  [/^CWE\[Device\] .*definition/, "ORC-18 is the device that was used, and not a kind of them"],
  [
    /^RP\[Attachment\] RP-1 /,
    "a file that is pointed to is a DocumentReference, and honoured there; R4 has no such value",
  ],
  [
    /^OBX\[Observation-Component\] OBX-5 derivedFrom/,
    "that another value was read out of the file, which no OBX says",
  ],
  [
    /^OBX\[Observation-Component\] OBX-5 \S+valueString/,
    "the repetitions of a text are its lines (2A.78), and one value: no list of components",
  ],
  [
    /^OBX\[Observation-Component\] OBX-11 dataAbsentReason/,
    "an observation that has values lacks none, whatever its status",
  ],
  [
    /^OBX\[\S+ OBX-16 /,
    "R4's performer is who is responsible; practitioner-role has no code responsibleObserver",
  ],
  [
    /^OBX\[\S+ OBX-30 .*system$/,
    "the url of the extension is no system of its codes, which are of table 0937",
  ],
  [
    /^OBX\[\S+ OBX-33 .*Group\.member/,
    "R4's Group has no specimens: the extension refers to each of them by its number",
  ],
  [
    /^OBR\[Specimen\] OBR-2 accession/,
    "whether the placer's number is also the accession's nothing says; SPM-30 is",
  ],
  [/^OBR\[Specimen\] OBR-13 .*Duration/, "OBR-13 is coded, and table 0916 has no durations"],
  [/^OBR\[ServiceRequest\] OBR-11 intent/, "R4 has no such intent, as the guide marks it"],
  [
    /^OBR\[ServiceRequest\] OBR-17 requester/,
    "the extension is one of the ServiceRequest, where it stands; as ORC-14's row has it",
  ],
  [
    /^TXA\[DocumentReference\] TXA-6 extension/,
    "the extension is R6's; the day is the attachment's creation",
  ],
  [
    /^ED\[\S+ ED-2 .*extension/,
    "the extension is one of codes: it stands at contentType, which it is of",
  ],
  [/ .*contentType$/, "text/plain is the media type of a text; the guide's is not registered"],
  [
    /^SN\[.*extension/,
    "what is no quantity, range or ratio is a valueString, which needs no extension",
  ],
  [
    /^HD\[Organization\]|^ID\[CodeableConcept-UniversalID\]|assigner\(Organization/,
    "the identifier's system is the assigner; Identifier.assigner names it without a resource",
  ],
  [
    /^TQ1\[.*countMax$/,
    "a total is no maximum, which tim-8 has beside a count only: count says it",
  ],
  [
    /^TQ1\[MedicationRequest\] TQ1-4 /,
    "a time of day is no event with a date: timeOfDay has it, as in the table of ServiceRequest",
  ],
  [
    /^ORC\[ServiceRequest\] ORC-9 .*extension\[2\]\.url$/,
    "what was done and when are one event: its date stands in the extension of ORC-1",
  ],
  [
    /^EIP\[\S+ EIP-\d type\.coding\.code$/,
    "the number of an order is its placer's or its filler's (PLAC, FILL), of a group or not",
  ],
  [
    /^PRT\[CareTeam\] PRT-14 .*PractitionerRole\.address/,
    "R4's PractitionerRole has no address: the Practitioner has it",
  ],
  [
    /^PRT\[\S+ PRT-2 Operation/,
    "the participant is there or not, and no element tells of the request",
  ],
]
