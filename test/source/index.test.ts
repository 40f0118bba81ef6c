import { expect, test } from "bun:test"
import { sources } from "../../src/source/index.ts"
import { oru } from "../build.ts"
import { type Sender, type SourceTrial, sourceContract } from "../contract/source.ts"
import { openMllpSender } from "../fake/mllp-sender.ts"

/** One trial a kind: leaving one out is a type error. */
const trials: Record<keyof typeof sources, SourceTrial> = {
  mllp: {
    section: { kind: "mllp", host: "127.0.0.1", port: 0 },
    sectionAt: (address) => {
      return { kind: "mllp", host: "127.0.0.1", port: Number(address.split(":")[1]) }
    },
    connect: connectMllp,
  },
}

sourceContract("mllp", sources.mllp, trials.mllp)

test("every kind is listed under the word its section is written with", () => {
  for (const [name, kind] of Object.entries(sources)) {
    expect(kind.config.entries.kind.literal as string).toBe(name)
  }
})

async function connectMllp(address: string): Promise<Sender> {
  const sender = await openMllpSender(address)
  return {
    send: (controlId) => sender.send(oru({ controlId })),
    sendNonsense: () => sender.send(Buffer.from("nonsense")),
    waiting: () => sender.waiting(),
    async reply() {
      const msa = (await sender.next())?.first("MSA")
      if (!msa) return { reply: "gone" }
      return { reply: msa.text(1) === "AA" ? "positive" : "negative", about: msa.text(2) }
    },
  }
}
