/** A message of a type with these segments, from a sender in Nairobi's time. */
export function message(type: string, segments: readonly string[]): string[] {
  return [`MSH|^~\\&|LAKE|KCL|||20260301100000+0300||${type}|B1|P|2.5.1`, ...segments]
}

/** A patient of one number. */
export function pid(): string {
  return "PID|1||P1^^^KCL^MR||OTIENO^JANE"
}

/** A visit of one number. */
export function pv1(): string {
  return "PV1|1|I|||||||||||||||||V1"
}
