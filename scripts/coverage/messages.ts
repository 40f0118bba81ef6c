import { participants } from "./participants.ts"

/** Messages that say as little as each segment needs to be mapped: one field is added to them. */
export const messages: readonly (readonly string[])[] = [
  message("ORU^R01^ORU_R01", [
    pid(),
    pv1(),
    "OBR|1|O1|F1|718-7^Haemoglobin^LN",
    "OBX|1|NM|718-7^Haemoglobin^LN||5||||||F",
    "PRT|1|AD||EQUIP^Equipment^HL70912||||||U1",
    "NTE|1||noted",
  ]),
  message("ADT^A01^ADT_A01", [
    "SFT|LAKE SYSTEMS|2.1",
    "EVN|A01",
    pid(),
    "PD1|",
    "PRT|1|AD||PP^Primary care^HL70443|N1^SALIM^NOOR",
    "ROL|R1|AD|PP^Primary care^HL70443|N1^SALIM^NOOR",
    "NK1|1|OTIENO^MARY",
    pv1(),
    "PV2|",
    "ROL|R2|AD|AT^Attending^HL70443|N2^SALIM^ALI",
    "OBX|1|ST|8302-2^Body height^LN||tall||||||F",
    "AL1|1||PEN^Penicillin^99ALL",
    "IAM|1||NUT^Peanut^99ALL||||A1",
    "DG1|1||A01^Typhoid fever^I10",
    "DRG|",
    "PR1|1||10001^Appendectomy^99PRO||20260301",
    "ROL|R3|AD|SU^Surgeon^99ROL|N3^SALIM^ZARA",
    "GT1|1||OTIENO^PETER",
    "IN1|1|PLAN-A|PAY-1|LAKE INSURANCE",
    "IN2|",
    "IN3|1",
    "ACC|",
  ]),
  ...participants.map((prt) => message("ADT^A01^ADT_A01", [pid(), prt])),
  message("ADT^A01^ADT_A01", [pid(), pv1(), "ROL|R2|AD|PP^Primary care^HL70443|N2^SALIM^ALI"]),
  // What says nothing without something beside it: who of an organization, who of a relation.
  message("ADT^A01^ADT_A01", [
    `${pid()}|||||||||||||AC1^^^KCL^AN`,
    "PD1|||||||Y",
    "NK1|1|OTIENO^MARY|||||||||||LAKE SCHOOL",
    "IAM|1||NUT^Peanut^99ALL||||A1|||||||OTIENO^ANN",
  ]),
  message("ADT^A40^ADT_A39", [pid(), "MRG|P9^^^KCL^MR||AC9"]),
  message("ADT^A01^ADT_A01", [pid(), pv1(), "AL1|1||PEN^Penicillin^99ALL||Rash"]),
  message("ADT^A60^ADT_A60", [pid(), "IAM|1||NUT^Peanut^99ALL||Rash||A1"]),
  message("ADT^A04^ADT_A01", [pid(), "ROL|R1|AD|FHCP|N1^SALIM^NOOR", "PV1|1|O|||||||||||||||||V1"]),
  message("ADT^A08^ADT_A01", [pid(), pv1(), "DG1|1||A01^Typhoid fever^I10", "PV2|"]),
  message("ADT^A03^ADT_A03", [pid(), pv1(), "PV2|"]),
  message("ADT^A05^ADT_A05", [pid(), pv1(), "PV2|"]),
  message("ADT^A02^ADT_A02", [pid(), pv1(), "PV2|"]),
  message("ADT^A40^ADT_A39", [pid(), "PD1|", "MRG|P9^^^KCL^MR"]),
  message("ADT^A60^ADT_A60", [pid(), "IAM|1||NUT^Peanut^99ALL||||A1"]),
  message("ORU^R01^ORU_R01", [
    "SFT|LAKE SYSTEMS|2.1",
    pid(),
    "PD1|",
    "PRT|1|AD||PP^Primary care^HL70443|N1^SALIM^NOOR",
    "NK1|1|OTIENO^MARY",
    pv1(),
    "PV2|",
    "ORC|RE",
    "OBR|1|||718-7^Haemoglobin^LN",
    "NTE|1||noted",
    "TQ1|1",
    "OBX|1|ST|718-7^Haemoglobin^LN||text||||||F",
    "PRT|1|AD||PO^Performer^HL70443|N1^SALIM^NOOR",
    "NTE|1||noted",
    "SPM|1|||BLD^Blood^HL70487",
  ]),
  message("ORU^R01^ORU_R01", [pid(), "OBR|1|O1|F1|718-7^Hb^LN", "OBX|1|NM|718-7^Hb^LN||||||||F"]),
  message("ORU^R01^ORU_R01", [pid(), "ORC|RE|O1|F1", "OBR|1|||718-7^Haemoglobin^LN"]),
  // A laboratory with its name, and a specimen as it was told of before there was SPM.
  message("ORU^R01^ORU_R01", [
    pid(),
    "OBR|1|O1|F1|718-7^Haemoglobin^LN|||||||||||BLD",
    "OBX|1|NM|718-7^Haemoglobin^LN||5||||||F||||||||||||LAKE LAB^L^7",
  ]),
  message("OUL^R22^OUL_R22", [
    pid(),
    "SPM|1|||BLD^Blood^HL70487",
    "OBR|1|O1|F1|718-7^Haemoglobin^LN",
    "ORC|RE|O1|F1",
    "OBX|1|ST|718-7^Haemoglobin^LN||text||||||F",
  ]),
  order("OML^O21^OML_O21", "NW"),
  order("ORM^O01^ORM_O01", "NW"),
  order("OMG^O19^OMG_O19", "NW"),
  order("OML^O21^OML_O21", "CA"),
  message("ORU^R01^ORU_R01", [pid(), "ORC|", "OBR|1|||718-7^Haemoglobin^LN"]),
  // What is said beside an ordering facility, a repeat pattern or two ends of a time.
  ordered("ORC|NW|O1|F1|||||||||N1^SALIM^NOOR|||||||||LAKE CLINIC"),
  ordered("TQ1|1||^^^^^^^ACM||||20260305100000|20260307100000"),
  message("MDM^T02^MDM_T02", [
    "EVN|T02",
    pid(),
    pv1(),
    "ORC|RE|O1|F1",
    "OBR|1|O1|F1|11488-4^Note^LN",
    "TXA|1|CN|TX||||||||D1^LAKE",
    "OBX|1|TX|11488-4^Note^LN||text||||||F",
    "NTE|1||noted",
  ]),
  message("VXU^V04^VXU_V04", [
    pid(),
    "PD1|",
    "NK1|1|OTIENO^MARY",
    pv1(),
    "PV2|",
    "GT1|1||OTIENO^PETER",
    "IN1|1|PLAN-A|PAY-1|LAKE INSURANCE",
    "ORC|RE||F1",
    "TQ1|1",
    "RXA|0|1|20260301||03^MMR^CVX|999",
    "RXR|C28161^Intramuscular^NCIT",
    "OBX|1|CE|64994-7^Eligibility^LN|1|V02^Eligible^HL70064||||||F",
    "NTE|1||noted",
  ]),
  message("VXU^V04^VXU_V04", [pid(), "ORC|RE||F1", "RXA|0|1|20260301||03^MMR^CVX|0.5"]),
  message("SIU^S12^SIU_S12", ["SCH|A1|B1||||CHECKUP^Checkup^99REA", pid(), "RGS|1"]),
  ...["S12", "S14", "S15"].map((event) =>
    message(`SIU^${event}^SIU_S12`, [
      "SCH|A1|B1||||CHECKUP^Checkup^99REA",
      "TQ1|1||||||20260305100000|20260305103000",
      "NTE|1||noted",
      pid(),
      pv1(),
      "PV2|",
      "OBX|1|ST|8302-2^Body height^LN||tall||||||F",
      "DG1|1||A01^Typhoid fever^I10",
      "RGS|1",
      "AIS|1|A|XRAY^X-ray^99SER",
      "NTE|1||noted",
      "AIG|1|A|ROOM1^Room one^99RES|ROOM^Room^99TYP",
      "NTE|1||noted",
      "AIL|1|A|WARD^R2^B3",
      "NTE|1||noted",
      "AIP|1|A|N1^SALIM^NOOR",
      "NTE|1||noted",
    ]),
  ),
  // An appointment for an order, of a time that no TQ1 tells.
  message("SIU^S12^SIU_S12", [
    "SCH|A1|B1||||CHECKUP^Checkup^99REA|||||^^^20260305100000^20260305103000|||||||||||||||O1",
    pid(),
    "AIS|1|A|XRAY^X-ray^99SER",
  ]),
  message("ADT^A01^ADT_A01", [pid(), pv1(), "PR1|1||71045^Chest X-ray^C4||20260301"]),
  ...["DFT^P03^DFT_P03", "BAR^P01^BAR_P01"].map((type) =>
    message(type, [
      "EVN|P03",
      pid(),
      "PD1|",
      "ROL|R1|AD|PP^Primary care^HL70443|N1^SALIM^NOOR",
      pv1(),
      "PV2|",
      "FT1|1|T1||20260301||CG|C1^Consultation^99CHG",
      "NTE|1||noted",
      "PR1|1||10001^Appendectomy^99PRO||20260301",
      "DG1|1||A01^Typhoid fever^I10",
      "GT1|1||OTIENO^PETER",
      "IN1|1|PLAN-A|PAY-1|LAKE INSURANCE",
      "IN3|1",
    ]),
  ),
  message("REF^I12^REF_I12", [
    "RF1|A^Accepted^HL70283",
    "AUT|PLAN-A",
    "PRD|RP|SALIM^NOOR",
    pid(),
    "NK1|1|OTIENO^MARY",
    "IN1|1|PLAN-A|PAY-1|LAKE INSURANCE",
    "AL1|1||PEN^Penicillin^99ALL",
    "DG1|1||A01^Typhoid fever^I10",
    "PR1|1||10001^Appendectomy^99PRO||20260301",
    "OBR|1|O1|F1|718-7^Haemoglobin^LN",
    "NTE|1||noted",
    "OBX|1|ST|718-7^Haemoglobin^LN||text||||||F",
    pv1(),
  ]),
  drug("RDE^O11^RDE_O11", ["RXO|1^Paracetamol^99DRG|500", "RXE||1^Paracetamol^99DRG|500||mg"]),
  drug("OMP^O09^OMP_O09", ["RXO|1^Paracetamol^99DRG"]),
  // Units, a range and a volume say nothing without the numbers beside them.
  drug("OMP^O09^OMP_O09", ["RXO|1^Paracetamol^99DRG|500|750||||||||100|||||||7|||||||5"]),
  message("OMP^O09^OMP_O09", [
    pid(),
    "ORC|NW|O1|F1",
    "RXO|1^Paracetamol^99DRG",
    "TQ1|1||^^^^^^^ACM||||20260305100000|20260307100000",
  ]),
  drug("RDS^O13^RDS_O13", ["RXD|1|1^Paracetamol^99DRG|20260301|10|||RX1"]),
  drug("RAS^O17^RAS_O17", ["RXA|0|1|20260301||1^Paracetamol^99DRG|500"]),
  message("PPR^PC1^PPR_PC1", [
    pid(),
    pv1(),
    "PRB|AD|20260301|A01^Typhoid fever^I10|PR1",
    "NTE|1||noted",
  ]),
]

function order(type: string, control: string): string[] {
  return message(type, [
    pid(),
    "PD1|",
    "NK1|1|OTIENO^MARY",
    pv1(),
    "PV2|",
    "IN1|1|PLAN-A|PAY-1|LAKE INSURANCE",
    "AL1|1||PEN^Penicillin^99ALL",
    `ORC|${control}|O1|F1`,
    "TQ1|1",
    "OBR|1|||718-7^Haemoglobin^LN",
    "NTE|1||noted",
    "PRT|1|AD||OP^Ordering^HL70443|N1^SALIM^NOOR",
    "DG1|1||A01^Typhoid fever^I10",
    "OBX|1|ST|718-7^Haemoglobin^LN||text||||||F",
    "SPM|1|S1&LAKE^S2&LAKE||BLD^Blood^HL70487",
  ])
}

function ordered(more: string): string[] {
  const orc = more.startsWith("ORC|") ? [more] : ["ORC|NW|O1|F1", more]
  return message("OML^O21^OML_O21", [pid(), ...orc, "OBR|1|||718-7^Haemoglobin^LN"])
}

function drug(type: string, segments: readonly string[]): string[] {
  const [first = "", ...rest] = segments
  return message(type, [
    pid(),
    "AL1|1||PEN^Penicillin^99ALL",
    pv1(),
    "ORC|NW|O1|F1",
    "TQ1|1",
    first,
    "NTE|1||noted",
    ...rest,
    "RXR|PO^By mouth^HL70162",
    "RXC|B|1^Paracetamol^99DRG|500|mg",
    "OBX|1|ST|8302-2^Body height^LN||tall||||||F",
  ])
}

function message(type: string, segments: readonly string[]): string[] {
  return [`MSH|^~\\&|LAKE|KCL|||20260301100000+0300||${type}|B1|P|2.5.1`, ...segments]
}

function pid(): string {
  return "PID|1||P1^^^KCL^MR||OTIENO^JANE"
}

function pv1(): string {
  return "PV1|1|I|||||||||||||||||V1"
}
