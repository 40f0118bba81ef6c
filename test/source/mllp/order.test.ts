import { expect, test } from "bun:test"
import * as v from "valibot"
import { openGateway } from "../../../src/gateway.ts"
import { frame } from "../../../src/hl7/frame.ts"
import type { Outcome, Sending } from "../../../src/message.ts"
import { oru, temporaryFolder } from "../../build.ts"
import { openMllpSender } from "../../fake/mllp-sender.ts"

const delivered: Outcome = { outcome: "delivered", receipt: { status: 200 } }
const patients = ["P-1", "P-2", "P-3"]
const count = 90

/** What a sender sends in one go: results of three patients by turns, and bad input between. */
const messages = Array.from({ length: count }, (_, at) => ({
  controlId: `M-${at}`,
  patient: patients[at % patients.length] ?? "",
  malformed: at % 7 === 3,
}))

function bytesOf({ controlId, patient, malformed }: (typeof messages)[number]): Buffer {
  const message = oru({ controlId, patient })
  return malformed ? Buffer.from(message.toString().replace("ORU^R01", "")) : message
}

test("messages of one connection keep their order, in the journal and to central", async () => {
  const sent: Sending[] = []
  let all = () => {}
  const whole = messages.filter(({ malformed }) => !malformed)
  const sink = {
    config: v.strictObject({ kind: v.literal("sink"), concurrency: v.optional(v.number(), 8) }),
    open: () => ({
      async send(sending: Sending) {
        sent.push(sending)
        // Later ones are answered sooner, so that a lane that did not wait would overtake.
        for (let turns = 40 - (sending.message.id % 40); turns > 0; turns--) await Bun.sleep(0)
        if (sent.length === whole.length) all()
        return delivered
      },
      close: async () => {},
    }),
  }
  const gateway = await openGateway(
    {
      site: { id: "test-clinic" },
      admin: { port: 0 },
      source: { lab: { kind: "mllp", host: "127.0.0.1", port: 0 } },
      destination: { central: { kind: "sink" } },
      route: [{ from: ["lab"], to: ["central"] }],
    },
    { destinations: { sink }, data: temporaryFolder(), log: () => {} },
  )
  const arrived = new Promise<void>((resolve) => {
    all = resolve
  })
  const sender = await openMllpSender(gateway.sources.lab ?? "")
  const stream = Buffer.concat(messages.map((message) => frame(bytesOf(message))))
  for (let at = 0; at < stream.length; at += 1500) sender.write(stream.subarray(at, at + 1500))
  for (const { controlId, malformed } of messages) {
    expect(await sender.answer()).toBe(`${malformed ? "AE" : "AA"} ${controlId}`)
  }
  sender.finish()
  await arrived
  await gateway.close()

  const textOf = ({ message }: Sending) => Buffer.from(message.bytes).toString()
  const idOf = (sending: Sending) => /\|(M-\d+)\|/.exec(textOf(sending))?.[1] ?? ""
  const journal = sent.toSorted((one, other) => one.message.id - other.message.id)
  expect(journal.map(idOf)).toEqual(whole.map(({ controlId }) => controlId))
  for (const patient of patients) {
    const own = whole.filter((message) => message.patient === patient)
    const reached = sent.filter((sending) => textOf(sending).includes(`||${patient}^`))
    expect(reached.map(idOf)).toEqual(own.map(({ controlId }) => controlId))
  }
})
