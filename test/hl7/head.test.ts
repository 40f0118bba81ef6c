import { describe, expect, test } from "bun:test"
import { readHead, typeOf } from "../../src/hl7/head.ts"
import type { Head, Malformed } from "../../src/message.ts"
import { hl7 } from "../build.ts"

const MSH = "MSH|^~\\&|LAB|CLINIC|HIS|CLINIC|20260415120000||ORU^R01^ORU_R01|C1|P|2.5.1"

function headOf(bytes: Uint8Array, options: Parameters<typeof readHead>[1] = {}): Head {
  const { read } = readHead(bytes, options)
  if (!("head" in read)) throw new Error(read.malformed.reason)
  return read.head
}

function subjectsOf(...segments: string[]): string[] {
  return headOf(hl7(MSH, ...segments)).subjects
}

function problemOf(bytes: Uint8Array): Malformed {
  const { read } = readHead(bytes, {})
  if ("head" in read) throw new Error("nothing is wrong with it")
  return read.malformed
}

describe("what intake reads", () => {
  test("is the type, the control id and whose message it is", () => {
    expect(headOf(hl7(MSH, "PID|1||P-1^^^KISUMU^MR||DOE^JANE", "OBR|1"))).toEqual({
      type: "ORU^R01",
      controlId: "C1",
      subjects: ["KISUMU|P-1"],
      urgent: false,
    })
  })

  test.each([
    ["CR", "\r"],
    ["LF", "\n"],
    ["CR LF", "\r\n"],
  ])("is the same where segments end with %s", (_name, end) => {
    const text = [MSH, "PID|1||P-1", "OBX|1|NM|WBC||7", "MRG|P-0", ""].join(end)
    expect(headOf(Buffer.from(text)).subjects).toEqual(["|P-1", "|P-0"])
    expect(headOf(Buffer.from(text.trim())).subjects).toEqual(["|P-1", "|P-0"])
  })

  test.each([
    ["a byte order mark", "\ufeff"],
    ["line ends and blanks", "\r\n \n"],
    ["both", "\ufeff\n"],
  ])("is the same behind %s", (_name, before) => {
    const bytes = Buffer.from(`${before}${MSH}\rPID|1||P-1\r`)
    expect(headOf(bytes)).toMatchObject({ controlId: "C1", subjects: ["|P-1"] })
  })

  test("is nobody where a placeholder stands for the patient's number", () => {
    expect(subjectsOf("PID|1||UNKNOWN^^^KISUMU^MR~P-1", "MRG|000")).toEqual(["|P-1"])
  })

  test("is the former number of the same assigner where MRG-1 names none", () => {
    const pids = ["PID|1||7^^^GOV^NI~P-1^^^KISUMU^MR", "MRG|P-0", "PID|2||9^^^&1.2&ISO", "MRG|8"]
    const all = ["GOV|7", "KISUMU|P-1", "1.2|9", "KISUMU|P-0", "1.2|8"]
    expect(subjectsOf(...pids)).toEqual(all)
    const { subjects } = headOf(hl7(MSH, ...pids), { assigner: "LAB" })
    expect(subjects).toContain("LAB|P-0")
  })

  test("is read by the message's own delimiters", () => {
    const bytes = hl7(
      "MSH#*!?$#LAB#CLINIC#HIS##20260415##ADT*A08#C9#P#2.5",
      "PID#1##P1***A$1.2$ISO!P2",
    )
    expect(headOf(bytes)).toEqual({
      type: "ADT^A08",
      controlId: "C9",
      subjects: ["1.2|P1", "|P2"],
      urgent: false,
    })
  })

  test("is read at its own place in a larger buffer", () => {
    const whole = Buffer.concat([
      Buffer.from("PID|1||WRONG\r"),
      hl7(MSH, "PID|1||P-1"),
      hl7("PID|1||X"),
    ])
    expect(headOf(whole.subarray(13, whole.length - 9)).subjects).toEqual(["|P-1"])
  })

  test("names a type by its code where it has no event, and without white space", () => {
    const typed = (msh9: string) => headOf(hl7(`MSH|^~\\&|A||||||${msh9}|C1|P|2.3`)).type
    expect(typed("ACK")).toBe("ACK")
    expect(typed("ORU^")).toBe("ORU")
    expect(typed(" ORU ^ R01 ")).toBe("ORU^R01")
    const { header } = readHead(hl7(MSH), {})
    expect(header && typeOf(header)).toBe("ORU^R01")
  })

  test("keeps a control id byte for byte: what it means is the sender's affair", () => {
    const bytes = Buffer.from("MSH|^~\\&|A||||||ACK|N\xfa\\T\\1|P|2.3", "latin1")
    expect(headOf(bytes).controlId).toBe("N\xfa\\T\\1")
  })
})

describe("whose message it is", () => {
  test("is every repetition of PID-3, each once, and nothing that is empty", () => {
    expect(subjectsOf('PID|1||P-1^^^A~P-2^^^B~P-1^^^A~~""~^^^C')).toEqual(["A|P-1", "B|P-2"])
  })

  test("is each patient of a message of many, so that none's results overtake one another", () => {
    const pids = Array.from({ length: 30 }, (_, at) => `PID|1||P-${at}~H-${at}`)
    expect(subjectsOf(...pids, "MRG|P-30")).toHaveLength(61)
    const crowd = Array.from({ length: 900 }, (_, at) => `PID|1||P-${at}`)
    expect(subjectsOf(...crowd)).toHaveLength(256)
  })

  test("is the number that is merged away too, however many the survivor has", () => {
    const many = Array.from({ length: 12 }, (_, at) => `P-${at}`).join("~")
    const subjects = subjectsOf(`PID|1||${many}`, "PD1", "MRG|OLD^^^A~OLDER")
    expect(subjects).toHaveLength(10)
    expect(subjects.slice(-3)).toEqual(["|P-7", "A|OLD", "|OLDER"])
  })

  test("is both patients of a message that links two", () => {
    expect(subjectsOf("PID|1||P-1", "PV1|1|N", "PID|2||P-2")).toEqual(["|P-1", "|P-2"])
  })

  test("is nobody where no number is given", () => {
    expect(subjectsOf("PID|1||||DOE^JANE")).toEqual([])
    expect(subjectsOf("OBR|1||PID|MRG")).toEqual([])
  })

  test("is not found in a text that only mentions a segment", () => {
    expect(subjectsOf("PID|1||P-1", "NTE|1||PID|1||P-9", "ZPI|1||P-8")).toEqual(["|P-1"])
  })

  test("is named by the source's assigner where the message names none", () => {
    const bytes = hl7(MSH, "PID|1||P-1~P-2^^^OTHER")
    expect(headOf(bytes, { assigner: "KISUMU" }).subjects).toEqual(["KISUMU|P-1", "OTHER|P-2"])
  })

  test("is read in the message's charset, then the source's", () => {
    const pid = [Buffer.from("PID|1||N"), Buffer.from([0xcf]), Buffer.from("^^^A\r")]
    const cyrillic = Buffer.concat([hl7(`${MSH}||||||8859/5`), ...pid])
    expect(headOf(cyrillic).subjects).toEqual(["A|NЯ"])
    const unnamed = Buffer.concat([hl7(MSH), ...pid])
    expect(headOf(unnamed, { charset: "8859/5" }).subjects).toEqual(["A|NЯ"])
    expect(headOf(unnamed).subjects).toEqual(["A|NÏ"])
    const escaped = hl7(`${MSH}||||||8859/5`, "PID|1||N\\XCF\\^^^A")
    expect(headOf(escaped).subjects).toEqual(["A|NЯ"])
  })
})

describe("what is no message", () => {
  test.each<[string, string, Malformed["code"], string]>([
    ["nothing at all", "", 100, "MSH"],
    ["only line ends", "\r\n\r\n", 100, "MSH"],
    ["another segment first", `PID|1||P-1\r${MSH}\r`, 100, "MSH"],
    ["a request of another protocol", "GET / HTTP/1.1\r\nHost: box\r\n\r\n", 100, "MSH"],
    ["a header in small letters", MSH.toLowerCase(), 100, "MSH"],
    ["MSH and no more", "MSH", 101, "MSH^1^2"],
    ["MSH and a separator", "MSH|", 101, "MSH^1^2"],
    ["no MSH-2", "MSH||LAB|CLINIC|||||ORU^R01|C1|P|2.5", 101, "MSH^1^2"],
    ["no MSH-9", "MSH|^~\\&|LAB|CLINIC||||||C1|P|2.5", 101, "MSH^1^9"],
    ["an MSH-9 of blanks", "MSH|^~\\&|LAB|CLINIC||||| |C1|P|2.5", 101, "MSH^1^9"],
    ["no MSH-10", "MSH|^~\\&|LAB|CLINIC|||||ORU^R01||P|2.5", 101, "MSH^1^10"],
    ["an MSH-10 of blanks", "MSH|^~\\&|LAB|CLINIC|||||ORU^R01|  |P|2.5", 101, "MSH^1^10"],
    ["a header cut off before MSH-10", "MSH|^~\\&|LAB|CLINIC|||||ORU^R01", 101, "MSH^1^10"],
  ])("%s is refused, and the place is named", (_name, text, code, location) => {
    expect(problemOf(Buffer.from(text))).toMatchObject({ code, location })
  })

  test("is told in a sentence for the person who has to find out why", () => {
    const { reason } = problemOf(Buffer.from("MSH|^~\\&|LAB|CLINIC|||||ORU^R01||P|2.5"))
    expect(reason).toBe("MSH-10 gives no control id")
  })

  test("still has a header to answer to where the delimiters can be read", () => {
    const { header } = readHead(Buffer.from("MSH|^~\\&|LAB|CLINIC|||||ORU^R01||P|2.5"), {})
    expect(header?.field(3)).toBe("LAB")
    expect(readHead(Buffer.from("MSH|"), {}).header).toBeUndefined()
    expect(readHead(Buffer.from("nothing"), {}).header).toBeUndefined()
  })

  test("may be any bytes: reading never throws", () => {
    for (let byte = 0; byte < 256; byte++) {
      expect(() => readHead(Uint8Array.of(byte), {})).not.toThrow()
      const separated = Buffer.from([...Buffer.from("MSH"), byte, ...Buffer.from("^~\\&|"), byte])
      expect(() => readHead(separated, {})).not.toThrow()
    }
  })
})

test("a document of 20 MB is walked over, not taken apart", () => {
  const document = Buffer.alloc(20 * 1024 ** 2, "QUJD")
  const small = hl7(MSH, "PID|1||P-1", "OBX|1|ED|PDF||^AP^^Base64^QUJD", "MRG|P-0")
  const large = Buffer.concat([
    hl7(MSH, "PID|1||P-1"),
    Buffer.from("OBX|1|ED|PDF||^AP^^Base64^"),
    document,
    hl7("", "MRG|P-0"),
  ])
  const best = (bytes: Buffer) =>
    Math.min(
      ...[1, 2, 3].map(() => {
        const startedAt = performance.now()
        expect(headOf(bytes).subjects).toEqual(["|P-1", "|P-0"])
        return performance.now() - startedAt
      }),
    )
  best(small)
  // To decode it and split it into fields takes some hundred milliseconds more.
  expect(best(large)).toBeLessThan(best(small) + 100)
})

test.each([
  ["a PID of a megabyte", hl7(MSH, `PID|1||${"a~".repeat(500_000)}`)],
  ["a thousand and more patients", hl7(MSH, ...Array.from({ length: 1_000 }, () => "PID|1||a"))],
])("%s is refused: it would hold everybody else up", (_what, bytes) => {
  expect(problemOf(bytes)).toMatchObject({ code: 102, location: "PID" })
})
