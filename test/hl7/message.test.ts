import { describe, expect, test } from "bun:test"
import { parseMessage } from "../../src/hl7/message.ts"

const bytes = (text: string) => new TextEncoder().encode(text)
const header = "MSH|^~\\&|LAB|CLINIC|||20260415120000||ORU^R01^ORU_R01|C1|P|2.5.1"

describe("a message", () => {
  test("counts the fields of MSH as the standard does, the separator being the first", () => {
    const msh = parseMessage(bytes(`${header}\r`)).first("MSH")
    expect(msh?.text(1)).toBe("|")
    expect(msh?.text(2)).toBe("^~\\&")
    expect(msh?.text(3)).toBe("LAB")
    expect([msh?.text(9), msh?.text(9, 2), msh?.text(9, 3)]).toEqual(["ORU", "R01", "ORU_R01"])
    expect(msh?.text(12)).toBe("2.5.1")
    expect(msh?.repetitions(2)).toEqual([])
  })

  test.each([
    ["CR", "\r"],
    ["LF", "\n"],
    ["CR LF", "\r\n"],
  ])("reads the same whether its segments end with %s", (_name, end) => {
    const text = [header, "PID|1||A1", "OBX|1|NM|WBC||7.5", "OBX|2|NM|HGB||12", ""].join(end)
    const parsed = parseMessage(bytes(text))
    expect(parsed.segments.map(({ name }) => name)).toEqual(["MSH", "PID", "OBX", "OBX"])
    expect(parsed.all("OBX").map((obx) => obx.text(5))).toEqual(["7.5", "12"])
    expect(parsed.notes).toEqual([])
  })

  test("takes its delimiters from its own header", () => {
    const parsed = parseMessage(bytes("MSH#*!?$#LAB\rPID#1##A1***KISUMU$1.2$ISO!A2#?X23?"))
    const [first, second] = parsed.first("PID")?.repetitions(3) ?? []
    expect([first?.text(1), first?.text(4, 1), first?.text(4, 2)]).toEqual(["A1", "KISUMU", "1.2"])
    expect(second?.text(1)).toBe("A2")
    expect(parsed.first("PID")?.text(4)).toBe("#")
  })

  test("keeps an ampersand as text where the header names no subcomponent separator", () => {
    const parsed = parseMessage(bytes("MSH|^~\\|LAB\rPID|||||Smith & Sons"))
    expect(parsed.first("PID")?.text(5)).toBe("Smith & Sons")
  })

  test("may come with a byte order mark, a VT or blank lines before its header", () => {
    for (const before of ["\uFEFF", "\u000B", "\r\n \n"]) {
      const parsed = parseMessage(bytes(`${before}${header}\rPID|1||A1`))
      expect(parsed.segments.map(({ name }) => name)).toEqual(["MSH", "PID"])
      expect(parsed.notes).toEqual([])
    }
  })

  test("without a header, or without anything, is read and noted, never an error", () => {
    expect(parseMessage(bytes("PID|1||A1")).first("PID")?.text(3)).toBe("A1")
    expect(parseMessage(bytes("PID|1||A1")).notes).toEqual(["no MSH segment"])
    expect(parseMessage(new Uint8Array()).segments).toEqual([])
    expect(parseMessage(Uint8Array.from({ length: 256 }, (_, at) => at)).notes).toContain(
      "no MSH segment",
    )
  })

  test("is read at its own place in a larger buffer", () => {
    const whole = bytes("xxxxMSH#^~\\&#LAB\rPID#1##A1\ryyyy")
    const parsed = parseMessage(whole.subarray(4, whole.length - 5))
    expect(parsed.segments.map(({ name }) => name)).toEqual(["MSH", "PID"])
    expect(parsed.first("PID")?.text(3)).toBe("A1")
    expect(parsed.notes).toEqual([])
  })

  test("keeps a text with bare line breaks together, and says so once", () => {
    const parsed = parseMessage(bytes(`${header}\rOBX|1|TX|R||first\nsecond\nthird||||||F\rNTE|1`))
    expect(parsed.segments.map(({ name }) => name)).toEqual(["MSH", "OBX", "NTE"])
    expect(parsed.first("OBX")?.text(5)).toBe("first\nsecond\nthird")
    expect(parsed.first("OBX")?.text(11)).toBe("F")
    expect(parsed.notes).toEqual(["a line break inside a OBX segment"])
  })

  test("loses control characters also where lines end with LF and one of them goes on", () => {
    const parsed = parseMessage(bytes(`${header}\nOBX|1|TX|T||one\u0001\ntwo\x7f\nNTE|1||three`))
    expect(parsed.segments.map((one) => one.text(one.name === "OBX" ? 5 : 3))).toEqual([
      "LAB",
      "one\ntwo",
      "three",
    ])
  })

  test("loses control characters, which FHIR can't hold, and nothing else", () => {
    const parsed = parseMessage(bytes(`${header}\rPID|||||ACH\u0000IE\u001CNG^A\tB\u007F`))
    expect(parsed.first("PID")?.text(5)).toBe("ACHIENG")
    expect(parsed.first("PID")?.text(5, 2)).toBe("A\tB")
  })
})

describe("a field", () => {
  const pid = (fields: string) => {
    const segment = parseMessage(bytes(`${header}\rPID|${fields}`)).first("PID")
    if (segment === undefined) throw new Error("no PID")
    return segment
  }

  test("says nothing when it is empty, and deletes when it is a pair of quotes", () => {
    const segment = pid('|""|A1|x|""^""')
    expect([segment.deleted(1), segment.deleted(2), segment.deleted(5)]).toEqual([
      false,
      true,
      false,
    ])
    expect([segment.text(1), segment.text(2), segment.text(5), segment.text(99)]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    expect([segment.repetitions(2), segment.repetitions(5), segment.repetitions(99)]).toEqual([
      [],
      [],
      [],
    ])
  })

  test("gives its repetitions that hold anything", () => {
    const repetitions = pid('||A1^^^X~~""~^&~B2^^^Y').repetitions(3)
    expect(repetitions.map((each) => each.text())).toEqual(["A1", "B2"])
    expect(repetitions.map((each) => each.components())).toEqual([4, 4])
  })

  test("gives its parts without the white space around them", () => {
    expect(pid("||||  ACHIENG ^ GRACE").text(5)).toBe("ACHIENG")
    expect(pid("||||   ^GRACE").text(5)).toBeUndefined()
  })

  test("decodes escapes after it is split, and its raw form not at all", () => {
    const segment = pid("||||A\\S\\B\\T\\C^GRACE")
    expect(segment.text(5)).toBe("A^B&C")
    expect(segment.text(5, 2)).toBe("GRACE")
    expect(segment.raw(5)).toBe("A\\S\\B\\T\\C^GRACE")
  })

  test("has its own separators where only another segment has escapes, or none has", () => {
    const segments = ["PID|1||A1^^^H&1.2&ISO~A2", "NTE|1||5 \\T\\ 6"]
    for (const text of [segments, segments.slice(0, 1)]) {
      const pid = parseMessage(bytes([header, ...text].join("\r"))).first("PID")
      expect([pid?.text(3, 4, 2), pid?.repetitions(3)[1]?.text(1)]).toEqual(["1.2", "A2"])
    }
  })

  test("tells whether it is there, and a component whether it has parts", () => {
    const pid = parseMessage(bytes(`${header}\rPID|1||A1^^^H&1.2&ISO||""`)).first("PID")
    expect([pid?.says([2, 9, 30]), pid?.says([2, 3]), pid?.says([5])]).toEqual([false, true, true])
    const [cx] = pid?.repetitions(3) ?? []
    expect([cx?.divided(1), cx?.divided(4), cx?.divided(9)]).toEqual([false, true, false])
  })

  test("decodes an escaped separator where its segment has no other", () => {
    expect(pid("||||A\\S\\B\\T\\C\\R\\D").text(5)).toBe("A^B&C~D")
  })

  test("as a whole keeps the separators a sender forgot to escape (nHapi #570)", () => {
    const [note] = pid("||||Pain & fever ^ 39\\.br\\ since").repetitions(5)
    expect(note?.whole()).toBe("Pain & fever ^ 39\n since")
  })
})

test("a segment is split when it is first asked for, so a 20 MB document costs no copies", () => {
  const document = "A".repeat(20 * 1024 * 1024)
  const parsed = parseMessage(bytes(`${header}\rOBX|1|ED|PDF||^application^pdf^Base64^${document}`))
  const [data] = parsed.first("OBX")?.repetitions(5) ?? []
  expect(data?.text(5)?.length).toBe(document.length)
})
