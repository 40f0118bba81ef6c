import { beforeEach, describe, expect, test } from "bun:test"
import * as v from "valibot"
import { type ParsedMessage, parseMessage } from "../../src/hl7/message.ts"
import { splitMessages } from "../../src/hl7/split.ts"
import { Answering } from "../../src/source/answer.ts"
import { answerSettings } from "../../src/source/settings.ts"
import { hl7, oru } from "../build.ts"
import { type Core, openCore } from "../fake/core.ts"

let core: Core
let events: { event: string; [field: string]: unknown }[]
let replies: Record<string, number>

beforeEach(() => {
  core = openCore()
  events = []
  replies = {}
})

function answering(settings: object = {}): Answering {
  return new Answering({
    name: "lab",
    settings: v.parse(v.strictObject(answerSettings), settings),
    receive: core.receive,
    log: (event, fields) => void events.push({ event, ...fields }),
    now: () => Date.UTC(2026, 3, 15, 9),
    replies,
  })
}

/** What a sender is told: each reply's acknowledgements as `AA C1`. */
async function told(bytes: Uint8Array, settings: object = {}): Promise<string[][]> {
  const answer = await answering(settings).take(bytes, "127.0.0.1:1")
  return answer.replies.map((reply) => splitMessages(reply).map((one) => codeOf(parseMessage(one))))
}

function codeOf(ack: ParsedMessage): string {
  return `${ack.first("MSA")?.text(1)} ${ack.first("MSA")?.text(2) ?? ""}`.trim()
}

/** A message with these fields from MSH-9 on. */
function asking(from9: string): Buffer {
  return hl7(`MSH|^~\\&|LAB|CLINIC|HIS|CENTRE|20260415||${from9}`, "PID|1||P-1")
}

describe("a message that asks for enhanced mode", () => {
  const both = asking("ORU^R01|C1|T|2.5.1|||AL|AL||UNICODE UTF-8")

  test("is answered CA, then AA, each a message of its own to the same name", async () => {
    const { replies: acks } = await answering().take(both, "127.0.0.1:1")
    const [accept, application] = acks.map((ack) => parseMessage(ack))
    const header = (ack: ParsedMessage | undefined) =>
      [5, 6, 9, 11, 12, 18].map((field) => ack?.first("MSH")?.raw(field))
    expect(header(accept)).toEqual(["LAB", "CLINIC", "ACK^R01^ACK", "T", "2.5.1", "UNICODE UTF-8"])
    expect(header(application)).toEqual(header(accept))
    expect(acks.map((ack) => codeOf(parseMessage(ack)))).toEqual(["CA C1", "AA C1"])
    const [one, two] = [accept, application].map((ack) => ack?.first("MSH")?.text(10))
    expect(one).not.toBe(two)
    expect(replies).toEqual({ CA: 1, AA: 1 })
  })

  test("is answered CA where it was stored before", async () => {
    core.decides = "when told"
    const answer = told(asking("ORU^R01|C1|P|2.5.1|||AL|NE"))
    core.decide("C1", { verdict: "duplicate", id: 1 })
    expect(await answer).toEqual([["CA C1"]])
  })

  test("is answered CR 207 alone while nothing can be stored", async () => {
    core.decides = "when told"
    const answer = answering().take(both, "127.0.0.1:1")
    core.decide("C1", { verdict: "unavailable", reason: "the disk is full" })
    const acks = (await answer).replies.map((ack) => parseMessage(ack))
    expect(acks.map(codeOf)).toEqual(["CR C1"])
    expect(acks[0]?.first("ERR")?.text(3)).toBe("207")
  })

  test("is answered CE where it is malformed, with the place", async () => {
    const { replies: acks } = await answering().take(asking("|C1|P|2.5.1|||AL|AL"), "127.0.0.1:1")
    const [ack] = acks.map((one) => parseMessage(one))
    expect(acks).toHaveLength(1)
    expect([ack && codeOf(ack), ack?.first("ERR")?.raw(2)]).toEqual(["CE C1", "MSH^1^9"])
  })

  test("is stored and not answered where it wants to hear nothing", async () => {
    expect(await told(asking("ORU^R01|C1|P|2.5.1|||NE|NE"))).toEqual([])
    expect(core.handed).toHaveLength(1)
    expect(replies).toEqual({})
  })

  test("is answered AA by a source told so: some can't read CA (medplum #8113)", async () => {
    expect(await told(both, { ack: { mode: "original" } })).toEqual([["AA C1"]])
  })
})

test("a message that asks for nothing is answered CA by a source told so", async () => {
  const settings = { ack: { mode: "enhanced" } }
  expect(await told(oru(), settings)).toEqual([["CA C1"]])
  expect(await told(Buffer.from("hello"), settings)).toEqual([["CE"]])
})

describe("a source that minds", () => {
  test.each([
    ["types", { type: ["ADT"] }, "200", "MSH^1^9"],
    ["events", { type: ["ADT", "ORU^R30"] }, "201", "MSH^1^9"],
    ["processing ids", { processing: ["P"] }, "202", "MSH^1^11"],
    ["versions", { version: ["2.3", "2.5"] }, "203", "MSH^1^12"],
  ])("%s refuses others with AR, and keeps their bytes", async (_name, settings, code, place) => {
    const message = asking("ORU^R01|C1|T|2.5.1")
    const answer = await answering(settings).take(message, "127.0.0.1:1")
    const [ack] = answer.replies.map((one) => parseMessage(one))
    expect(ack && codeOf(ack)).toBe("AR C1")
    expect([ack?.first("ERR")?.text(3), ack?.first("ERR")?.raw(2)]).toEqual([code, place])
    expect(core.handed[0]?.read).toHaveProperty("malformed.code", Number(code))
    expect(await told(asking("ORU^R01|C1|T|2.5.1|||AL"), settings)).toEqual([["CR C1"]])
  })

  test.each([
    ["a family", { type: ["ADT", "ORU"] }],
    ["the very event", { type: ["ORU^R01"] }],
    ["ids, whose mode stands behind (PT-2)", { processing: ["T", "P"] }],
    ["versions, whose country stands behind (VID-2)", { version: ["2.5.1"] }],
  ])("%s takes what it names", async (_name, settings) => {
    expect(await told(asking("ORU^R01^ORU_R01|C1|T^A|2.5.1^USA"), settings)).toEqual([["AA C1"]])
  })

  test("anything still refuses what is malformed as such", async () => {
    expect(await told(asking("ORU^R01||T|2.5.1"), { version: ["2.3"] })).toEqual([["AE"]])
  })
})

describe("a batch", () => {
  const BHS = "BHS|^~\\&|LAB|CLINIC|HIS|CENTRE|20260415||||B-9\r"
  const ids = ["1", "2", "3"]
  const batch = (...pieces: (string | Buffer)[]) =>
    Buffer.from([BHS, ...pieces, "BTS|3\r"].map((piece) => piece.toString()).join(""))
  const three: Buffer[] = ids.map((controlId) => oru({ controlId }))

  test("is stored message by message, and answered by a batch", async () => {
    const answer = await answering().take(batch(...three), "127.0.0.1:1")
    expect(core.handed.map(({ bytes }) => String(bytes))).toEqual(three.map(String))
    expect(answer.verdicts.map(({ verdict }) => verdict)).toEqual(["stored", "stored", "stored"])
    const [reply, ...more] = answer.replies.map((one) => one.toString().split("\r"))
    expect(more).toEqual([])
    expect(reply?.map((line) => line.slice(0, 5))).toEqual([
      "BHS|^",
      ...ids.flatMap(() => ["MSH|^", "MSA|A"]),
      "BTS|3",
      "",
    ])
    expect(reply?.[0]).toEndWith("|B-9")
    expect(events).toEqual([])
  })

  test("answers each message for itself, whatever order the disk answers in", async () => {
    core.decides = "when told"
    const malformed = asking("ORU^R01||P|2.5.1")
    const [one = "", two = "", three_ = ""] = three
    const answer = told(batch(one, malformed, two, three_))
    core.decide("3")
    core.decide("2", { verdict: "unavailable", reason: "the disk is full" })
    core.decide("1")
    core.decide("")
    expect(await answer).toEqual([["AA 1", "AE", "AR 2", "AA 3"]])
  })

  test("loses nothing that is no message: it is handed in for the quarantine", async () => {
    expect(await told(batch("PID|1||P-1\r", ...three))).toEqual([["AE", "AA 1", "AA 2", "AA 3"]])
    expect(Buffer.from(core.handed[0]?.bytes ?? []).toString()).toContain("PID|1||P-1")
  })

  test("that counts otherwise than we do is told to the log", async () => {
    await told(batch(oru()))
    expect(events).toEqual([
      { event: "batch-count-differs", source: "lab", peer: "127.0.0.1:1", announced: 3, found: 1 },
    ])
  })

  test.each(["wrapped", "single"])(
    "without messages is answered by one, if %s",
    async (batched) => {
      const settings = { ack: { batch: batched } }
      const answer = await answering(settings).take(Buffer.from(`${BHS}BTS|0\r`), "127.0.0.1:1")
      expect(answer.verdicts).toEqual([])
      expect(answer.replies.map(String)).toEqual([
        expect.stringMatching(/^BHS\|\^~\\&\|HIS\|.*\|B-9\rBTS\|0\r$/),
      ])
    },
  )

  test("has each acknowledgement that its messages ask for, and none where none does", async () => {
    const [silent, both] = ["NE|NE", "AL|AL"].map((asked) => asking(`ORU^R01|1|P|2.5|||${asked}`))
    expect(await told(batch(silent ?? "", both ?? ""))).toEqual([["CA 1", "AA 1"]])
    expect(await told(batch(silent ?? ""))).toEqual([])
  })

  test("is answered one by one by a source told so", async () => {
    const answers = await told(batch(...three), { ack: { batch: "single" } })
    expect(answers).toEqual([["AA 1"], ["AA 2"], ["AA 3"]])
  })
})

describe("bytes that are no whole message", () => {
  const header = "MSH|^~\\&|LAB|CLINIC|HIS|CENTRE|20260415||ORU^R01|C1234|P|2.5.1"

  test("are answered by the name of the message, where its header came whole", async () => {
    const { replies: acks } = await answering().refuse(
      Buffer.from(`${header}\rPID|1||P`),
      "127.0.0.1:1",
      "it is too large",
    )
    const [ack] = acks.map((one) => parseMessage(one))
    expect([ack && codeOf(ack), ack?.first("ERR")?.text(8)]).toEqual([
      "AE C1234",
      "it is too large",
    ])
  })

  test("are never answered by half a name", async () => {
    const half = Buffer.from(header.slice(0, header.indexOf("234")))
    const refused = await answering().refuse(half, "127.0.0.1:1", "it is too large")
    expect(refused.replies.map((ack) => codeOf(parseMessage(ack)))).toEqual(["AE"])
    const cutOff = await answering().cutOff(half, "127.0.0.1:1", "the connection ended")
    expect(cutOff.replies).toEqual([])
    expect(core.handed.map(({ bytes }) => Buffer.from(bytes))).toEqual([half, half])
  })

  test("are kept unanswered where nobody waits for an answer", async () => {
    const { verdicts, replies: acks } = await answering().keep(oru(), "127.0.0.1:1", "broken off")
    expect([verdicts.map(({ verdict }) => verdict), acks]).toEqual([["malformed"], []])
  })
})

test("the end of a file by itself is answered by nothing, not by an empty frame", async () => {
  expect(await told(Buffer.from("FTS|1\r"))).toEqual([])
})
