const pid = "PID|1||1^^^KISUMU^MR||ACHIENG^GRACE||19880412|F"

/** The lives of orders, as test/map/life-cycles.test.ts plays them again and again. */
export const orderCycles: Record<string, string[][]> = {
  "of two services under one number": [
    sent("OML^O21", pid, "ORC|NW|P1^EMR", "OBR|1|P1^EMR||HB^Haemoglobin^L"),
    sent("OML^O21", pid, "ORC|NW|P1^EMR", "OBR|1|P1^EMR||ESR^Sedimentation^L"),
    sent("ORL^O22", "MSA|AA|C1", "ORC|NA|P1^EMR|F1^LAB"),
    sent("OML^O21", pid, "ORC|CA|P1^EMR", "OBR|1|P1^EMR||ESR^Sedimentation^L"),
    sent("ORL^O22", "MSA|AA|C3", pid, "ORC|CR|P1^EMR", "OBR|1|P1^EMR||ESR^Sedimentation^L"),
  ],
  "of a drug in a general order": [
    sent("ORM^O01", pid, "ORC|NW|RX1^EMR", "RXO|AMOX^Amoxicillin^L|500||mg", "RXR|PO"),
    sent("ORR^O02", "MSA|AA|C0", "ORC|OK|RX1^EMR"),
    sent("RDE^O11", pid, "ORC|NA|RX1^EMR|F9^PHARM", "RXE||AMOX^Amoxicillin^L|500||mg"),
    sent("RDS^O13", pid, "ORC|RE|RX1^EMR|F9^PHARM", "RXD|1|AMOX^Amoxicillin^L|20260416|20"),
    sent("ORM^O01", pid, "ORC|DC|RX1^EMR"),
    sent("ORR^O02", "MSA|AA|C4", "ORC|DR||F9^PHARM"),
  ],
}

function sent(type: string, ...lines: string[]): string[] {
  return [`MSH|^~\\&|HIS|KISUMU|||TIME||${type}|NUMBER|P|2.5.1`, ...lines]
}
