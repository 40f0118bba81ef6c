import { afterEach, beforeEach, expect } from "bun:test"
import type { ConnectionOptions } from "node:tls"
import * as v from "valibot"
import type { Log, Source } from "../../../src/message.ts"
import { InFlight, sources } from "../../../src/source/index.ts"
import { oru } from "../../build.ts"
import { type Core, openCore } from "../../fake/core.ts"
import { type MllpSender, openMllpSender } from "../../fake/mllp-sender.ts"

/** What the box's clock says in these tests. */
export const now = Date.UTC(2026, 3, 15, 9, 0, 0)

/** A listener of a test's own, on a free port. */
export interface Listener {
  core: Core
  source: Source
  /** What was logged. */
  events: { event: string; [field: string]: unknown }[]
  log: Log
  /** What connections may hold in memory, over all listeners. */
  inFlight: InFlight
  /** Another listener, with these settings. */
  open(changes: object): Promise<Source>
  /** Closes what stands and opens the listener anew with these settings. */
  reopen(changes: object): Promise<void>
  sender(): Promise<MllpSender>
  secureSender(tls: ConnectionOptions): Promise<MllpSender>
  /** Whole exchanges with somebody else: what was on its way before has arrived after them. */
  meanwhile(times?: number): Promise<void>
  /** The control ids handed in, but for those of `meanwhile`. */
  handedIds(): string[]
}

/** Gives each test of a file a listener, under the name `lab`; asked for inside the test. */
export function listener(): Listener {
  const lab = {
    log: (event, fields = {}) => void lab.events.push({ event, ...fields }),
    sender: () => openMllpSender(lab.source.address),
    secureSender: (tls) => openMllpSender(lab.source.address, tls),
    open(changes: object) {
      const section = { kind: "mllp", host: "127.0.0.1", port: 0, ...changes }
      const site = { id: "test", timezone: "Africa/Nairobi" }
      const { log, inFlight } = lab
      const config = v.parse(sources.mllp.config, section)
      const surroundings = { site, log, now: () => now, inFlight }
      return sources.mllp.open("lab", config, lab.core.receive, surroundings)
    },
    async reopen(changes: object) {
      await lab.source.close()
      lab.source = await lab.open(changes)
    },
    async meanwhile(times = 1) {
      const other = await lab.sender()
      const { decides } = lab.core
      lab.core.decides = "at once"
      for (let at = 0; at < times; at++) {
        other.send(oru({ controlId: `OTHER-${at}` }))
        expect(await other.answer()).toBe(`AA OTHER-${at}`)
      }
      lab.core.decides = decides
      other.finish()
    },
    handedIds: () =>
      lab.core.handed
        .flatMap(({ read }) => ("head" in read ? [read.head.controlId] : []))
        .filter((id) => !id.startsWith("OTHER")),
  } as Listener
  beforeEach(async () => {
    lab.core = openCore()
    lab.events = []
    lab.inFlight = new InFlight(lab.log)
    lab.source = await lab.open({})
  })
  afterEach(() => lab.source.close())
  return lab
}
