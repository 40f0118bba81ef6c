/**
 * What every kind of source must do, whatever it speaks. A kind joins with one line in
 * test/source/index.test.ts and a sender of its protocol.
 */
import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import * as v from "valibot"
import type { Source } from "../../src/message.ts"
import { InFlight, type SourceConfig, type SourceKind } from "../../src/source/index.ts"
import { type Core, openCore } from "../fake/core.ts"

/** A sender of the source's protocol. */
export interface Sender {
  /** A well-formed message with this control id. */
  send(controlId: string): void
  /** Something the protocol can carry and nobody can take for a message. */
  sendNonsense(): void
  /** The next reply, and the control id it names; `gone` once the source has hung up. */
  reply(): Promise<{ reply: "positive" | "negative" | "gone"; about?: string }>
  /** Replies that came in unasked. */
  waiting(): number
}

/** How a kind is tried out. */
export interface SourceTrial {
  /** The section a person would write for it, on any free port. */
  section: Record<string, unknown>
  /** The section that asks for the very address another source has. */
  sectionAt(address: string): Record<string, unknown>
  connect(address: string): Promise<Sender>
}

export function sourceContract<Config extends SourceConfig>(
  name: string,
  kind: SourceKind<Config>,
  trial: SourceTrial,
): void {
  describe(`a source of kind ${name}`, () => {
    let core: Core
    let source: Source

    const open = (section: Record<string, unknown>) => {
      const site = { id: "test", timezone: "Africa/Nairobi" }
      const log = () => {}
      const surroundings = { site, log, now: Date.now, inFlight: new InFlight(log) }
      return kind.open(name, v.parse(kind.config, section), core.receive, surroundings)
    }
    beforeEach(async () => {
      core = openCore()
      source = await open(trial.section)
    })
    afterEach(() => source.close())

    test("is known by its kind, and refuses a section with a misspelt key", () => {
      expect(v.safeParse(kind.config, { ...trial.section, kind: "nix" }).success).toBe(false)
      expect(v.safeParse(kind.config, { ...trial.section, misspelt: true }).success).toBe(false)
    })

    test("does not open where another listens, and names the address", async () => {
      const [address = ""] = /[\d.]+:\d+/.exec(source.address) ?? []
      const second = open(trial.sectionAt(source.address))
      expect(second).rejects.toThrow(new RegExp(`${address}.* another`))
      await second.catch(() => {})
    })

    answersTruthfully(() => ({ core, source, connect: () => trial.connect(source.address) }))
    closesCleanly(() => ({ core, source, connect: () => trial.connect(source.address) }))
  })
}

/** What a test finds set up; asked for inside it, since it is another one for each. */
interface Opened {
  core: Core
  source: Source
  connect(): Promise<Sender>
}

function answersTruthfully(opened: () => Opened): void {
  test("says yes to a message only once it is stored", async () => {
    const { core, connect } = opened()
    const [sender, other] = [await connect(), await connect()]
    core.decides = "when told"
    sender.send("C1")
    await core.counted(1)
    // Long enough for an early reply to arrive: another sender's whole round trip.
    core.decides = "at once"
    other.send("C2")
    expect(await other.reply()).toEqual({ reply: "positive", about: "C2" })
    expect(sender.waiting()).toBe(0)
    core.decide("C1")
    expect(await sender.reply()).toEqual({ reply: "positive", about: "C1" })
  })

  test("says yes to a repeat of what is stored", async () => {
    const { core, connect } = opened()
    const sender = await connect()
    core.decides = "when told"
    sender.send("C1")
    await core.counted(1)
    core.decide("C1", { verdict: "duplicate", id: 1 })
    expect(await sender.reply()).toEqual({ reply: "positive", about: "C1" })
  })

  test("says no to what can't be stored now", async () => {
    const { core, connect } = opened()
    const sender = await connect()
    core.decides = "when told"
    sender.send("C1")
    await core.counted(1)
    core.decide("C1", { verdict: "unavailable", reason: "the disk is full" })
    expect(await sender.reply()).toEqual({ reply: "negative", about: "C1" })
  })

  test("says no to what is no message, hands it in for the quarantine, and goes on", async () => {
    const { core, connect } = opened()
    const sender = await connect()
    sender.sendNonsense()
    expect((await sender.reply()).reply).toBe("negative")
    expect(core.handed[0]?.read).toHaveProperty("malformed.reason")
    sender.send("C2")
    expect(await sender.reply()).toEqual({ reply: "positive", about: "C2" })
  })

  test("replies in the order the messages came, whatever order the disk answers in", async () => {
    const { core, connect } = opened()
    const sender = await connect()
    core.decides = "when told"
    const ids = ["C1", "C2", "C3", "C4"]
    for (const id of ids) sender.send(id)
    await core.counted(4)
    for (const id of ids.toReversed()) core.decide(id)
    const replies = []
    for (const _id of ids) replies.push((await sender.reply()).about)
    expect(replies).toEqual(ids)
  })

  test("hands in the bytes, who sent them and what was read, and counts its replies", async () => {
    const { core, source, connect } = opened()
    const sender = await connect()
    sender.send("C1")
    await sender.reply()
    const [handed] = core.handed
    expect(handed?.peer).toMatch(/^127\.0\.0\.1:\d+$/)
    expect(handed?.read).toMatchObject({ head: { controlId: "C1" } })
    expect(Buffer.from(handed?.bytes ?? []).toString()).toContain("C1")
    expect(Object.values(source.replies)).toEqual([1])
  })
}

function closesCleanly(opened: () => Opened): void {
  test("that is closed answers what it has read, hangs up, and takes no one in", async () => {
    const { core, source, connect } = opened()
    const [busy, quiet] = [await connect(), await connect()]
    core.decides = "when told"
    busy.send("C1")
    busy.send("C2")
    await core.counted(2)
    const closed = source.close()
    const late = connect()
    expect(late).rejects.toThrow()
    await late.catch(() => {})
    core.decide("C1")
    core.decide("C2")
    expect(await busy.reply()).toEqual({ reply: "positive", about: "C1" })
    expect(await busy.reply()).toEqual({ reply: "positive", about: "C2" })
    expect((await busy.reply()).reply).toBe("gone")
    expect((await quiet.reply()).reply).toBe("gone")
    await closed
  })
}
