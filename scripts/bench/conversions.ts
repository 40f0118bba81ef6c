import { heapStats } from "bun:jsc"
import { Hl7Message } from "@medplum/core"
import { readHead } from "../../src/hl7/head.ts"
import { mapMessage, maps } from "../../src/map/index.ts"
import type { Mapped } from "../../src/mapping.ts"
import { largeReport, largeReportMb } from "./large-frame.ts"
import { median } from "./median.ts"
import type { Figures, Plan } from "./part.ts"
import { forgetPeak, peakMb, residentMb } from "./process.ts"
import { table } from "./table.ts"

/**
 * One message after the other on one core: from its bytes to the JSON of its Bundle, and beside it
 * from its bytes to what @medplum/core parses, which makes no FHIR of it.
 */
export const conversions = {
  about: "bytes to Bundle JSON on one core, beside a bare parse; memory; a file of 20 MB",
  async measure({ quick, progress }: Plan): Promise<Figures> {
    const roundMs = quick ? 50 : 1_000
    const figures = samples.map(({ name, text }): Converted => {
      const bytes = Buffer.from(text)
      const converting = () => convert(bytes)
      const parsing = () => Hl7Message.parse(bytes.toString()).segments.length
      if (converting() === undefined) return { name, perSecond: Number.NaN }
      const rounds = Array.from({ length: quick ? 1 : 5 }, () => {
        return { converted: perSecond(converting, roundMs), parsed: perSecond(parsing, roundMs) }
      })
      const converted = median(rounds.map((round) => round.converted))
      const parsed = median(rounds.map((round) => round.parsed))
      progress(`${name}: ${converted.toFixed(0)} a second`)
      return { name, perSecond: converted, parsedPerSecond: parsed, ...memoryOf(bytes), rounds }
    })
    const file = await withFile()
    const rows = figures.map((one) => [
      one.name,
      Number.isNaN(one.perSecond) ? "no map" : one.perSecond.toFixed(0),
      one.parsedPerSecond?.toFixed(0) ?? "",
      one.parsedPerSecond ? (one.perSecond / one.parsedPerSecond).toFixed(2) : "",
      one.heldKb?.toFixed(0) ?? "",
      one.leftKb?.toFixed(1) ?? "",
    ])
    const times = (mb: number) => `${(mb / largeReportMb).toFixed(1)} times the file`
    const ofFile =
      `A file of ${largeReportMb} MB: ${file.ms.toFixed(0)} ms, and beside its bytes at the most ` +
      `${times(file.mappedMb)} for its Bundle, where it is a Binary that the report and the ` +
      `document refer to, and ${times(file.jsonMb)} with the JSON`
    return {
      figures: { conversions: figures, file },
      table: `${table("Conversions on one core", head, rows)}\n\n${ofFile}`,
    }
  },
}

/** The figures of one message; of one that has no map only the name. */
interface Converted {
  name: string
  perSecond: number
  parsedPerSecond?: number
  heldKb?: number
  leftKb?: number
  rounds?: { converted: number; parsed: number }[]
}

const head = ["message", "a second", "bare parses", "ratio", "kB held", "kB left behind"]

const site = { id: "bench", timezone: "Africa/Nairobi" }

/** The Bundle's JSON; undefined where there is no map, or none applies. */
function convert(bytes: Uint8Array): string | undefined {
  const mapped = map(bytes)
  return "bundle" in mapped ? JSON.stringify(mapped.bundle) : undefined
}

function map(bytes: Uint8Array): Mapped {
  const { read } = readHead(bytes, {})
  const type = "head" in read ? read.head.type : ""
  const message = { id: 1, source: "lab", peer: "", receivedAt: 0, type, bytes }
  return mapMessage(maps, message, { site, source: {}, known: [] })
}

function perSecond(work: () => unknown, forMs: number): number {
  for (let warm = 0; warm < 200; warm++) work()
  const startedAt = performance.now()
  let done = 0
  while (performance.now() - startedAt < forMs) {
    for (let more = 0; more < 20; more++) work()
    done += 20
  }
  return (1000 * done) / (performance.now() - startedAt)
}

/** What a conversion takes while it is held with its JSON, and what is left of it after. */
function memoryOf(bytes: Uint8Array): { heldKb: number; leftKb: number } {
  const many = 500
  const before = heapKb()
  const held: unknown[] = []
  for (let one = 0; one < many; one++) {
    const mapped = map(bytes)
    held.push(mapped, "bundle" in mapped ? JSON.stringify(mapped.bundle) : "")
  }
  const heldKb = (heapKb() - before) / many
  held.length = 0
  return { heldKb, leftKb: (heapKb() - before) / many }
}

function heapKb(): number {
  Bun.gc(true)
  const { heapSize, extraMemorySize } = heapStats()
  return (heapSize + extraMemorySize) / 1024
}

/** How much memory a message with a large file takes beside its bytes. */
async function withFile(): Promise<{ ms: number; mappedMb: number; jsonMb: number }> {
  const frame = largeReport()
  const bytes = frame.subarray(1, -2)
  Bun.gc(true)
  await Bun.sleep(settleMs)
  const before = residentMb(process.pid)
  forgetPeak(process.pid)
  const startedAt = performance.now()
  const mapped = map(bytes)
  const mappedMb = peakMb(process.pid) - before
  const json = JSON.stringify(mapped)
  const ms = performance.now() - startedAt
  if (json.length < bytes.length) throw new Error("the file is not in it")
  return { ms, mappedMb, jsonMb: peakMb(process.pid) - before }
}

const settleMs = 500

const patient =
  "PID|1||PATIENT-1^^^KISUMU^MR||ACHIENG^GRACE^ATIENO||19880412|F|||14 LAKE ROAD^^KISUMU"

const samples = [
  { name: "ORU, 5 OBX", text: report(5) },
  { name: "ORU, 40 OBX", text: report(40) },
  {
    name: "ADT A08",
    text: message("ADT^A08^ADT_A01", [
      "EVN|A08|20260415120000",
      `${patient}^^40100^KEN||0712345678^PRN^PH|||M`,
      "NK1|1|ACHIENG^PETER|SPO^Spouse^HL70063|14 LAKE ROAD^^KISUMU|0712345679^PRN^PH",
      "PV1|1|I|WARD 3^R2^B1^KISUMU||||N1^SALIM^NOOR^^^DR|||MED||||||||V-1^^^KISUMU^VN".padEnd(
        90,
        "|",
      ),
      "AL1|1|DA|PEN^Penicillin^99ALL|SV|Rash|20200101",
      "DG1|1||A01.0^Typhoid fever^I10||20260415|W",
      "IN1|1|PLAN-A|PAY-1|LAKE INSURANCE||||||||20260101|20261231",
    ]),
  },
  {
    name: "VXU",
    text: message("VXU^V04^VXU_V04", [
      patient,
      "ORC|RE||F-1^LAKE",
      "RXA|0|1|20260415||03^MMR^CVX|0.5|mL^mL^UCUM||00^New^NIP001|N1^SALIM^NOOR||||L-77|20271231" +
        "|MSD^Merck^MVX|||CP|A",
      "RXR|SC^Subcutaneous^HL70162|LA^Left arm^HL70163",
      "OBX|1|CE|64994-7^Eligibility^LN|1|V02^Medicaid^HL70064||||||F|||20260415",
      "OBX|2|DT|29768-9^VIS published^LN|2|20200101||||||F",
    ]),
  },
]

function report(results: number): string {
  return message("ORU^R01^ORU_R01", [
    patient,
    "ORC|RE|P-1|F-1",
    "OBR|1|P-1|F-1|58410-2^Full blood count^LN|||20260415114500|||||||||||||||||F",
    ...Array.from({ length: results }, (_, at) => {
      return `OBX|${at + 1}|NM|${6690 + at}-2^Analyte ${at}^LN||${at}.5|10*3/uL|4.5-11.0|N|||F`
    }),
  ])
}

function message(type: string, segments: readonly string[]): string {
  const header = `MSH|^~\\&|ANALYZER|LAB|GATEWAY|CLINIC|20260415120000||${type}|B-1|P|2.5.1`
  return `${[header, ...segments].join("\r")}\r`
}
