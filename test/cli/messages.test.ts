import { describe, expect, test } from "bun:test"
import type { ShownMessage, ShownWholeMessage } from "../../src/admin/index.ts"
import { addressesOfThisFile, asking } from "./answering.ts"

const { answering } = addressesOfThisFile()
const receivedAt = "2026-04-15T12:00:00.000Z"

function message(id: number, more: Partial<ShownMessage> = {}): ShownMessage {
  const about = { id, source: "lab", peer: "10.0.0.7:4711", type: "ORU^R01", receivedAt, size: 9 }
  return { ...about, routed: "unrouted", deliveries: [], ...more }
}

/** What `waystation messages` prints where the gateway answers so, and what it asked for. */
async function printed(args: string[], ...pages: object[]) {
  const asked: string[] = []
  const url = answering(({ url }) => {
    const { pathname, search } = new URL(url)
    asked.push(decodeURIComponent(pathname.replace("/api/v1/", "") + search))
    return Response.json(pages[asked.length - 1] ?? {}, {
      status: pages[asked.length - 1] ? 200 : 500,
    })
  })
  const run = await asking(url, ["messages", ...args], { env: { TZ: "UTC" } })
  return { ...run, asked }
}

describe("messages", () => {
  test("are listed with what became of each", async () => {
    const deliveries = [
      { id: 31, destination: "central", state: "held" as const },
      { id: 32, destination: "ward", state: "delivered" as const },
    ]
    const found = [
      message(12, { routed: "following" }),
      message(11, { routed: "routed", deliveries }),
      message(9),
    ]
    const { stdout, asked } = await printed([], { messages: found, next: null })
    expect(asked).toEqual(["messages?limit=20"])
    expect(stdout).toBe(
      `MESSAGE  RECEIVED          SOURCE  TYPE     DELIVERIES (THEIR IDS)
     12  2026-04-15 12:00  lab     ORU^R01  just stored
     11  2026-04-15 12:00  lab     ORU^R01  central held (31),
                                            ward delivered (32)
      9  2026-04-15 12:00  lab     ORU^R01  no route wanted it
`,
    )
  })

  test("are asked for page by page, over those that hold none, up to the limit", async () => {
    const { stdout, asked } = await printed(
      ["--limit", "3", "--control-id", "C 1", "--destination", "ward", "--json"],
      { messages: [message(9), message(8)], next: 8 },
      { messages: [], next: 5 },
      { messages: [message(4)], next: 4 },
    )
    expect(asked).toEqual([
      "messages?destination=ward&controlId=C+1&limit=3",
      "messages?destination=ward&controlId=C+1&limit=1&cursor=8",
      "messages?destination=ward&controlId=C+1&limit=1&cursor=5",
    ])
    expect(JSON.parse(stdout).map(({ id }: ShownMessage) => id)).toEqual([9, 8, 4])
  })

  test("that there are not: it says so, and how a patient's number has to be given", async () => {
    const none = { messages: [], next: null }
    expect((await printed(["--type", "ADT"], none)).stdout).toBe("no such message\n")
    expect((await printed(["--patient", "P-1^^^CLINIC"], none)).stdout).toBe("no such message\n")
    expect((await printed(["--patient", "P-1"], none)).stdout).toContain("as PID-3 has it")
    expect((await printed(["--json"], none)).stdout).toBe("[]\n")
  })
})

test("one message tells why each delivery waits or is held, within 80 columns", async () => {
  const delivery = {
    ...{ message: 7, source: "lab", type: "ORU^R01", receivedAt, urgent: false, replayed: false },
    ...{ nextTryAt: null, settledAt: null, reason: null, said: null, issues: [], cause: null },
    ...{ receipt: null, waiting: null },
  }
  const long = "the code is in none of the code systems that this server knows".repeat(3)
  const issue = {
    severity: "error",
    code: "invalid",
    text: `no\u0007 such code`,
    expression: "A.b",
  }
  const whole: ShownWholeMessage = {
    ...message(7, { routed: "routed" }),
    deliveries: [
      {
        ...{ ...delivery, id: 31, destination: "central", state: "held", attempts: 2 },
        ...{ settledAt: receivedAt, reason: "answered 422", said: long, issues: [issue] },
      },
      {
        ...{ ...delivery, id: 32, destination: "ward", state: "pending", attempts: 1 },
        ...{ reason: "no answer", waiting: `its next try is at ${receivedAt}; and so on` },
      },
      { ...delivery, id: 33, destination: "register", state: "delivered", attempts: 1 },
    ],
    trail: [
      { at: receivedAt, event: "received", detail: { source: "lab" } },
      { at: receivedAt, event: "held", detail: { destination: "central", reason: "answered 422" } },
      { at: receivedAt, event: "replayed", detail: { destination: "central", by: "admin" } },
    ],
  }
  const { stdout, asked } = await printed(["7"], whole)
  expect(asked).toEqual(["messages/7"])
  expect(stdout.replaceAll(/ {2,}/g, "  ")).toBe(
    `Message 7, ORU^R01, 9 bytes
received 2026-04-15 12:00 from lab (10.0.0.7:4711)

Delivery 31 to central: held since 2026-04-15 12:00, after 2 tries
  answered 422
  it said: the code is in none of the code systems that this server knowsthe
  code is in none of the code systems that this server knowsthe code is in
  none of the code systems that this server knows
  error invalid: no such code at A.b
  to send it again: waystation replay 31

Delivery 32 to ward: pending, after 1 try
  its next try is at 2026-04-15 12:00; and so on
  last tried: no answer

Delivery 33 to register: delivered, after 1 try

2026-04-15 12:00  received
2026-04-15 12:00  held central: answered 422
2026-04-15 12:00  replayed central by admin
`,
  )
})
