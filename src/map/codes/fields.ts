/**
 * The fields that the maps read a code from and a code map may speak of, each with the table its
 * codes are of where the sender names no coding system.
 */
export const codedFields = {
  "ACC-2": "0050",
  "AL1-3": undefined,
  "DG1-3": undefined,
  "DG1-6": "0052",
  "DRG-1": undefined,
  "FT1-7": undefined,
  "FT1-19": undefined,
  "FT1-25": undefined,
  "FT1-29": undefined,
  "GT1-11": "0063",
  "AIG-4": undefined,
  "AIP-4": undefined,
  "AIS-3": undefined,
  "AIS-11": undefined,
  "AIS-12": undefined,
  "GOL-3": undefined,
  "GOL-9": undefined,
  "GOL-16": undefined,
  "GOL-18": undefined,
  "IAM-3": undefined,
  "IAM-5": undefined,
  "IAM-15": "0063",
  "IAM-27": undefined,
  "IN1-15": "0086",
  "IN1-17": "0063",
  "NK1-3": "0063",
  "NK1-7": "0131",
  "NK1-20": "0296",
  "OBR-4": undefined,
  "OBR-13": undefined,
  "OBR-24": "0074",
  "OBR-31": undefined,
  "OBR-46": "0411",
  "OBR-47": "0411",
  "OBX-3": undefined,
  "OBX-5": undefined,
  "OBX-6": undefined,
  "OBX-8": "0078",
  "OBX-17": undefined,
  "OBX-20": undefined,
  "ORC-28": "0177",
  "OM1-2": undefined,
  "OM1-7": undefined,
  "OM1-14": undefined,
  "OM2-2": undefined,
  "OBX-32": undefined,
  "ORC-16": undefined,
  "PD1-6": "0295",
  "PD1-7": "0315",
  "PID-15": "0296",
  "PID-16": "0002",
  "PID-17": "0006",
  "PID-26": "country",
  "PID-28": "country",
  "PR1-3": undefined,
  "PR1-6": "0230",
  "PR1-15": undefined,
  "PRA-3": "0186",
  "PRT-22": undefined,
  "PRB-3": undefined,
  "PRB-10": undefined,
  "PRB-13": undefined,
  "PRB-14": undefined,
  "PRB-26": undefined,
  "PRD-1": "0286",
  "PRT-4": "0912",
  "PID-35": "0446",
  "PID-36": "0447",
  "PID-39": "0171",
  "PV1-2": "0004",
  "PV1-4": "0007",
  "PV1-10": "0069",
  "PV1-13": "0092",
  "PV1-14": "0023",
  "PV1-20": "0064",
  "PV1-36": "0112",
  "RXA-5": "0292",
  "RXA-7": undefined,
  "RXA-9": "NIP001",
  "RXA-17": "0227",
  "RXA-18": undefined,
  "RXA-19": undefined,
  "RXR-1": "0162",
  "RXR-2": "0163",
  "SAC-27": "0371",
  "RF1-3": "0281",
  "RF1-4": "0282",
  "RF1-5": "0284",
  "RF1-10": "0336",
  "SCH-6": undefined,
  "SCH-7": "0276",
  "SCH-8": "0277",
  "PV1-15": "0009",
  "PV1-16": "0099",
  "PV1-38": "0114",
  "PV2-3": undefined,
  "PV2-25": "0217",
  "PV2-38": "0430",
  "SPM-4": "0487",
  "SPM-6": undefined,
  "SPM-7": "0488",
  "SPM-8": undefined,
  "SPM-21": "0490",
  "SPM-24": "0493",
  "SPM-27": undefined,
  "TXA-2": "0270",
  "TXA-18": "0272",
  "STF-4": "0182",
} as const

export type CodedField = keyof typeof codedFields

/** What names the system of a field's codes that come without one: its table, or the field. */
export function tableOf(field: CodedField): string {
  return codedFields[field] ?? field
}

/**
 * Fields that say what was measured and how, not what was found or in whom: their codes may stand
 * in the log.
 */
const measuring: ReadonlySet<string> = new Set<CodedField>([
  ...(["OBR-4", "OBR-24", "OBX-3", "OBX-6", "OBX-17"] as const),
  ...(["SPM-4", "SPM-6", "SPM-7", "SPM-8", "SPM-27"] as const),
])

/**
 * A code as it may stand in the log: its own text where the field says what was measured and the
 * text looks like a code; else a sender's free text, or a patient's diagnosis, would stand there.
 */
export function speakableCode(field: string, code: string): string {
  return measuring.has(field) && /^[!-~]{1,24}$/.test(code) ? `code "${code}"` : "a code"
}
