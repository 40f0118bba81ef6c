/** A beeper, a cell phone, an e-mail address, a fax, a number at home and one at work (XTN). */
const phones = [
  "^BPN^BP^^^^5551",
  "^PRN^CP^^^^5552",
  "^NET^Internet^noor@example.org",
  "^WPN^FX^^^^5554",
  "^PRN^PH^^^^5555",
  "^WPN^PH^^^^5556",
].join("~")

/**
 * Who takes part in the care of a patient, as PRT: a relative and a doctor with numbers of every
 * kind, a doctor who is of an organization, and an organization alone.
 */
export const participants: readonly string[] = [
  `PRT|1|AD||MTH^Mother^HL70063|N1^SALIM^NOOR||||||||||${phones}`,
  `PRT|1|AD||PP^Primary care^HL70912|N1^SALIM^NOOR|||LAKE CLINIC|||||||${phones}`,
  "PRT|1|AD||AT^Attending^HL70912|N1^SALIM^NOOR|MD^Doctor^HL70182||LAKE CLINIC",
  "PRT|1|AD||HC^Home care^99ROL||||LAKE CLINIC",
]

/**
 * The same as ROL: the patient, and a mother, who may have numbers and names of every kind; their
 * own doctor, of whom also a place and an organization are told; and an organization alone.
 */
export const roles: readonly string[] = [
  "ROL|R1|AD|SEL^Self^HL70063|N5^ALI^ZARA",
  "ROL|R1|AD|MTH^Mother^HL70063|N1^SALIM^NOOR",
  "ROL|R1|AD|PP^Primary care^HL70443|N1^SALIM^NOOR|||||||||WARD^R2|LAKE CLINIC",
  "ROL||AD|AT^Attending^HL70443|||||||||||LAKE CLINIC",
]
