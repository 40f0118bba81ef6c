/**
 * Why a field that no element of the Bundle says anything of is left out; undefined where nothing
 * more is known than that. Only asked where it is so: a map that reads such a field needs no change
 * here. Numbers are those of v2.5.1 and later versions' additions.
 */
export function reasonOf(field: string): string | undefined {
  return byField.get(field)
}

const counts = "it numbers the segments of the message"
const money = "it is about billing, which no clinical resource says"
const payer = "it is between the clinic and who pays; R4's Coverage has no element for it"
const none = "R4 has no element for it"
const sending = "it is about the sending, not about the patient"
const ordering = "it is about the clerical course of the order, which the resources do not tell"
const handling = "it is about how the specimen is handled, for which R4 has no element"
const person = "R4 has no element for it in Patient, and profiles for it differ by country"
const stock = "it is about stock and administration, which R4's Immunization does not tell"
const again = "another field of the message says the same, and that one counts"
const contact = "R4's contact has no element for it"
const admin = "it is about the administration of the visit, for which R4 has no element"
const scheduling = "it is about the work of the scheduling, which R4's Appointment does not tell"

/** Segment → reason → the numbers of its fields. */
const reasons: Record<string, Record<string, readonly number[]>> = {
  MSH: {
    "it chooses the map, and what the message is about": [9],
    [sending]: [5, 6, 8, 11, 12, 13, 14, 15, 16, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27],
    "it tells how the bytes are to be read": [18],
    "the Provenance has it where it is a time": [7],
  },
  EVN: {
    "MSH-9 says the same": [1],
    [sending]: [2, 3, 4, 5, 6, 7],
  },
  SFT: { "it is told beside the version of a program, which it is not told of": [6] },
  PID: {
    [counts]: [1],
    [person]: [10, 22, 27, 28, 31, 32, 35, 36, 37, 38, 39],
    [again]: [2, 4, 12, 19, 20],
    "it is the account's number, which messages about accounts map": [18],
    "it names nobody": [5, 9],
    "the standard has no such field": [41],
    "it has no number of the mother's": [21],
    [sending]: [33, 34],
  },
  PD1: {
    [person]: [1, 2, 5, 6, 7, 8, 10, 15, 19, 20, 21, 22],
    [admin]: [9, 11, 12, 13, 14, 16, 17, 18],
  },
  ROL: {
    "it counts the segments, or numbers a role that no resource stands for": [1],
    "it says in words how long a role is had, or what kind of place the work is done at": [7, 10],
  },
  NK1: {
    [counts]: [1],
    [contact]: [10, 11, 12, 14, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 33, 34, 35],
    "it reaches an organization through a person, where the contact is the person": [30, 31, 32],
    [person]: [36, 37, 38, 39],
    [again]: [41],
  },
  PRT: {
    "it tells what is to become of somebody's part, and the Bundle has what became of it": [2],
    "what the segment stands under has no place for it in FHIR": [6, 7, 8, 9, 10, 14, 15],
  },
  PV1: {
    [counts]: [1],
    [admin]: [12, 15, 16, 18, 37, 38, 39, 40, 42, 43, 51, 53, 54],
    [money]: [20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 41, 46, 47, 48, 49],
  },
  PV2: { [admin]: range(1, 50) },
  ORC: {
    [ordering]: [6, 10, 11, 13, 14, 15, 16, 17, 18, 19, 25, 26, 27, 28, 29, 30, 31, 32],
    [again]: [2, 3, 7, 8, 9, 12],
    "another field settles what has become of the order": [1, 5],
    [money]: [20],
    "it is an address of who ordered, whom their number and name already tell": [21, 22, 23, 24],
  },
  OBR: {
    [counts]: [1],
    [again]: [2, 3, 5, 6, 8, 10, 14, 15, 16, 27],
    [handling]: [9, 11, 12, 37, 38, 39],
    [ordering]: [17, 18, 19, 20, 21, 22, 28, 30, 33, 35, 36, 40, 41, 42, 43, 46, 47, 48, 49, 53],
    [money]: [23, 44, 45],
    "it is about the result, of which an order says nothing yet": [7, 24, 25, 32, 34],
  },
  TQ1: {
    [counts]: [1],
    "it says the same of when and how often as another part of the timing": [4, 5, 6],
    "R4's request has a condition only where it is done as needed": [10],
    "it is about other orders, or says nothing that repeats": [3, 7, 8, 12],
  },
  SAC: {
    [counts]: [1],
    [again]: [2, 4, 6],
    [handling]: [5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 23, 25, 26, 28, 29, 30],
  },
  OBX: {
    [counts]: [1],
    "it tells how OBX-5 is to be read": [2],
    "it tells results of one code apart, and here there is one": [4],
    "it names nobody": [16],
    "of several devices one counts, and that of a PRT before any": [18],
    "the resource that is made of such an OBX has no element for it": [11, 14, 17],
    [none]: [9, 10, 12, 13, 19, 21, 22, 26, 27, 28, 29, 30, 31, 32, 33],
    "the resource tells who performed it by what OBX-15, OBX-16 and OBX-23 name": [15, 23, 24, 25],
  },
  NTE: { [counts]: [1], [none]: [2, 4, 7, 8, 9] },
  SPM: {
    [counts]: [1],
    [handling]: [9, 10, 11, 12, 13, 15, 16, 19, 21, 22, 23, 25, 26, 27, 28, 29],
    [again]: [3, 5, 6, 20, 30, 31, 32, 33],
  },
  AL1: { [counts]: [1] },
  IAM: { [counts]: [1] },
  DG1: {
    [counts]: [1],
    "it names the coding system again that DG1-3 names": [2],
    [money]: [7, 8, 9, 10, 11, 12, 13, 14, 18],
    "R4's Condition has no element for it": [6, 15, 17, 22, 23, 24, 25, 26],
  },
  IN1: {
    [counts]: [1],
    [payer]: [
      ...[
        6, 10, 11, 14, 16, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35,
      ],
      ...[37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 50, 51, 52, 53, 54, 55],
    ],
    "it stands for the patient's own relationship, which the Coverage has": [17],
  },
  IN2: { [payer]: range(1, 72) },
  RXA: {
    [counts]: [1, 2],
    [again]: [4, 8, 9, 12, 22, 23],
    [stock]: [13, 14, 24, 25, 26, 28, 29],
    [admin]: [11],
  },
  SCH: {
    [scheduling]: [3, 4, 5, 6, 10, 13, 14, 15, 17, 18, 19, 21, 22, 23, 24],
    [again]: [8, 9, 11, 12, 16, 20, 25],
    "it is an order's number, which messages about orders map": [26, 27],
  },
  TXA: {
    [counts]: [1],
    [again]: [3, 4, 6, 8, 10, 14, 15],
    "it is about the typing and filing of the document, which R4's resource does not tell": [
      7, 11, 18, 19, 20, 21, 22, 23, 24, 26,
    ],
    [sending]: [5],
  },
  FT1: {
    [counts]: [1],
    [money]: [3, 5, 8, 9, 11, 12, 14, 15, 17, 18, 22, 23, 24, 27, 28, 30, 31, 32, 33, 34, 35],
    [again]: [6, 13, 16, 19, 20, 21, 25, 26, 29, 36, 37, 38, 39, 40, 41, 42, 43],
  },
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at)
}

const byField = new Map<string, string>(
  Object.entries(reasons).flatMap(([segment, all]) =>
    Object.entries(all).flatMap(([reason, fields]) =>
      fields.map((field) => [`${segment}-${field}`, reason] as const),
    ),
  ),
)
