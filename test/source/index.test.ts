import { expect, test } from "bun:test"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseMessage } from "../../src/hl7/message.ts"
import { sources } from "../../src/source/index.ts"
import { oru, temporaryFolder } from "../build.ts"
import { type Sender, type SourceTrial, sourceContract } from "../contract/source.ts"
import { openHttpSender } from "../fake/http-sender.ts"
import { openMllpSender } from "../fake/mllp-sender.ts"

const tokensFile = join(temporaryFolder(), "tokens")
writeFileSync(tokensFile, "token-of-the-lab\n")

/** One trial a kind: leaving one out is a type error. */
const trials: Record<keyof typeof sources, SourceTrial> = {
  mllp: {
    section: { kind: "mllp", host: "127.0.0.1", port: 0 },
    sectionAt: (address) => {
      return { kind: "mllp", host: "127.0.0.1", port: Number(address.split(":")[1]) }
    },
    connect: connectMllp,
  },
  http: {
    section: { kind: "http", host: "127.0.0.1", port: 0, tokensFile },
    sectionAt: (address) => {
      const { port } = new URL(address)
      return { kind: "http", host: "127.0.0.1", port: Number(port), tokensFile }
    },
    connect: connectHttp,
  },
}

sourceContract("mllp", sources.mllp, trials.mllp)
sourceContract("http", sources.http, trials.http)

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

async function connectHttp(address: string): Promise<Sender> {
  const sender = await openHttpSender(address)
  const { pathname } = new URL(address)
  const headers = ["authorization: Bearer token-of-the-lab", "content-type: text/plain"]
  const post = [`POST ${pathname} HTTP/1.1`, ...headers].join("\r\n")
  return {
    send: (controlId) => sender.send(post, oru({ controlId })),
    sendNonsense: () => sender.send(post, Buffer.from("nonsense")),
    waiting: () => sender.waiting(),
    async reply() {
      const answer = await sender.next()
      if (!answer) return { reply: "gone" }
      const about = parseMessage(answer.body).first("MSA")?.text(2)
      return { reply: answer.status === 200 ? "positive" : "negative", about }
    },
  }
}
