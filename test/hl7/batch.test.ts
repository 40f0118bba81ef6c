import { describe, expect, test } from "bun:test"
import { type Batch, batchIn, wrapped } from "../../src/hl7/batch.ts"
import { oru } from "../build.ts"

const first = oru({ controlId: "1" })
const second = oru({ controlId: "2" })
const FHS = "FHS|^~\\&|LAB|CLINIC|HIS|CENTRE|20260415||night|a comment|F-7\r"
const BHS = "BHS|^~\\&|LAB|CLINIC|HIS|CENTRE|20260415||ward 1|a comment|B-9\r"

function bytes(...parts: (string | Uint8Array)[]): Buffer {
  return Buffer.concat(parts.map((part) => Buffer.from(part as string)))
}

/** The parts of each group, as text. */
function groupsOf(batch: Batch | undefined): string[][] | undefined {
  return batch?.groups.map(({ parts }) => parts.map((part) => Buffer.from(part).toString()))
}

/** What a batch of these pieces comes to. */
function split(...pieces: (string | Uint8Array)[]): string[][] | undefined {
  return groupsOf(batchIn(bytes(...pieces)))
}

const [one, two] = [first.toString(), second.toString()]

describe("a batch", () => {
  test("in a file gives its messages, byte for byte", () => {
    const batch = batchIn(bytes(FHS, BHS, first, second, "BTS|2|fine\r", "FTS|1\r"))
    expect(groupsOf(batch)).toEqual([[one, two]])
    expect(batch?.file?.field(11)).toBe("F-7")
    expect(batch?.groups[0]?.header?.field(11)).toBe("B-9")
    expect(batch?.groups[0]?.announced).toBe(2)
  })

  test.each<[string, (string | Uint8Array)[], string[][]]>([
    ["without a file around it", [BHS, first, second, "BTS|2\r"], [[one, two]]],
    ["without a trailer", [FHS, BHS, first, second], [[one, two]]],
    ["whose trailer says nothing", [BHS, first, "BTS"], [[one]]],
    ["beside another in one file", [FHS, BHS, first, "BTS|1\r", BHS, second], [[one], [two]]],
    ["left out inside a file", [FHS, first, second, "FTS|1\r"], [[one, two]]],
    ["of no messages", [FHS, BHS, "BTS|0\r", "FTS|1\r"], [[]]],
    ["behind a byte order mark and white space", ["\ufeff\r\n", BHS, first], [[one]]],
    ["whose lines end with CR LF", [`${BHS}\n`, first, "\nBTS|1\r\n"], [[`${one}\n`]]],
    ["of a trailer alone", ["BTS|3\r"], [[]]],
  ])("%s", (_name, pieces, groups) => {
    expect(split(...pieces)).toEqual(groups)
  })

  test("of a file header alone has no group", () => {
    expect(split(FHS)).toEqual([])
  })

  test("loses no line that belongs to no message", () => {
    const batch = split(BHS, "NTE|1||who\r", first, "BTS|1\rOBX|1|NM|late\r", "FTS|1\rZZZ\r")
    expect(batch).toEqual([["\rNTE|1||who\r", one, "\rOBX|1|NM|late\r", "\rZZZ\r"]])
  })

  test("named inside a message is a text of that message", () => {
    const telling = `${one}NTE|1||BHS|^~\\&|LAB and BTS|1\r`
    expect(split(BHS, telling, second, "BTS|2\r")).toEqual([[telling, two]])
  })
})

test.each(["", "hello", "MSH|^~\\&|LAB\r", "BHSX", "BHS", "BHS and FHS", "BTSX|1\r"])(
  "%j is no batch",
  (text) => {
    expect(batchIn(Buffer.from(text))).toBeUndefined()
  },
)

test("a batch of 100,000 messages is taken apart in a moment", () => {
  const message = "MSH|^~\\&|A||||||ORU^R01|1|P|2.5\rPID|1||P\r"
  const many = bytes(BHS, message.repeat(100_000), "BTS|100000\r")
  const startedAt = performance.now()
  expect(split(many)?.[0]).toHaveLength(100_000)
  // It takes some 150 ms; a second look at the rest for each message would take minutes.
  expect(performance.now() - startedAt).toBeLessThan(5_000)
})

describe("the acknowledgements to a batch", () => {
  const at = Date.UTC(2026, 3, 15, 9, 30, 5)
  const reply = (batch: Batch | undefined, ...acks: string[][]) => {
    let count = 0
    const controlId = () => `W${++count}`
    const parts = acks.map((group) => group.map((ack) => Buffer.from(ack)))
    return batch && wrapped(batch, { acks: parts, controlId, at }).toString().split("\r")
  }

  test("are wrapped as the messages were, back to who sent them, and refer to their ids", () => {
    const batch = batchIn(bytes(FHS, BHS, first, second, "BTS|2\r", "FTS|1\r"))
    expect(reply(batch, ["ACK 1\r", "ACK 2\r"])).toEqual([
      "FHS|^~\\&|HIS|CENTRE|LAB|CLINIC|20260415093005+0000||||W1|F-7",
      "BHS|^~\\&|HIS|CENTRE|LAB|CLINIC|20260415093005+0000||||W2|B-9",
      "ACK 1",
      "ACK 2",
      "BTS|2",
      "FTS|1",
      "",
    ])
  })

  test("come without a file where the messages did, in the sender's delimiters", () => {
    const batch = batchIn(bytes("BHS#*!?$#LAB#CLINIC#HIS#CENTRE#2026####B1\r", first))
    expect(reply(batch, ["ACK 1\r"])).toEqual([
      "BHS#*!?$#HIS#CENTRE#LAB#CLINIC#20260415093005+0000####W1#B1",
      "ACK 1",
      "BTS#1",
      "",
    ])
  })

  test("of each batch in a file stand in a batch of their own", () => {
    const lines = reply(batchIn(bytes(FHS, BHS, first, BHS, second)), ["ACK 1\r"], ["ACK 2\r"])
    expect(lines?.map((line) => line.slice(0, 5))).toEqual([
      "FHS|^",
      "BHS|^",
      "ACK 1",
      "BTS|1",
      "BHS|^",
      "ACK 2",
      "BTS|1",
      "FTS|2",
      "",
    ])
  })

  test("of no messages are a batch of none", () => {
    expect(reply(batchIn(bytes(BHS, "BTS|0\r")), [])).toHaveLength(3)
    expect(reply(batchIn(bytes(FHS)))?.at(-2)).toBe("FTS|0")
  })
})
