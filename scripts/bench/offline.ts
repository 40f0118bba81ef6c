import { Database } from "bun:sqlite"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { type Adrift, openAdrift } from "./adrift.ts"
import { openFolder } from "./disk.ts"
import { type Gateway, openPlace, type Place, untilNothingIsPending } from "./gateway.ts"
import { putLoad } from "./load.ts"
import { share } from "./median.ts"
import { peakMb } from "./process.ts"
import { type Sink, startSink } from "./sink.ts"

export interface Offline {
  /** The shim `adrift`, as `buildShim` made it. */
  shim: string
  /** Sent while nothing can be reached; a tenth as many come before, and after. */
  messages: number
  /** How long all is well before. */
  onlineForMs: number
  /** How long it tries in vain after the last of them. */
  failForMs: number
  progress: (what: string) => void
}

/** What became of the messages. */
export interface LivedThrough {
  /** Acknowledged in all. */
  messages: number
  /** What the gateway said was wrong right before the return. */
  reason: string
  /** ISO 8601, by the clock of the box, when it started after the power cut. */
  restartedAt: string
  /** What the gateway says in the end. */
  delivered: number
  held: number
  /** Rows of the journal in the end. */
  kept: number
  /** Why it purges nothing; left out: it would. */
  waiting: string | undefined
  /** What the centre got. */
  transactions: number
  repeated: number
  reports: number
  disordered: number
  /** How long it tried in vain before the return. */
  failedForMs: number
  /** From the return until the first message came, until they came as fast as ever, and all. */
  firstAfterMs: number
  fullAfterMs: number
  drainedAfterMs: number
  perSecond: number
  mostMb: number
}

/** What should not have become of them. */
export function wrongWith(found: LivedThrough): string[] {
  const { messages, delivered, kept, transactions, reports } = found
  const { held, repeated, disordered } = found
  const all = Object.entries({ delivered, kept, transactions, reports })
  const none = Object.entries({ held, repeated, disordered })
  return [
    ...all.filter(([, number]) => number !== messages),
    ...none.filter(([, number]) => number !== 0),
  ].map(([what, number]) => `${number} of ${messages} ${what}`)
}

const dayMs = 86_400_000
const connections = 32
const patienceMs = 600_000

/**
 * A gateway loses its centre, its token endpoint and its names; its clock steps 90 days forward,
 * begins anew ten years ago after a power cut, and is set right; it is killed twice. All the while
 * messages come. Then everything is there again, and its token is not good for long.
 */
export async function liveThrough(offline: Offline): Promise<LivedThrough> {
  const folder = openFolder()
  const world = openAdrift(folder, offline.shim)
  const sink = await startSink({ tokens: true })
  const place = openPlace(sink.port, {
    variables: world.variables,
    host: "central.test",
    settings: authIn(folder, `http://central.test:${sink.port}/token`),
  })
  const before = Math.ceil(offline.messages / 10)
  const messages = before + offline.messages + before
  const first = await place.start()
  await load(first, 0, before)
  await untilNothingIsPending(first)
  await Bun.sleep(offline.onlineForMs)

  await sink.leave()
  world.names(false)
  const cut = { gateway: first, place, world, first: before }
  const { gateway, restartedAt } = await fillOffline(offline, cut)
  const failedFrom = performance.now()
  await untilDown(gateway)
  await Bun.sleep(offline.failForMs)
  const { reason = "" } = (await gateway.status()).destinations.central ?? {}
  const failedForMs = performance.now() - failedFrom

  world.names(true)
  await sink.comeBack()
  offline.progress("everything is there again")
  const drained = await drain(gateway, sink, before)
  await sink.leave()
  // Its tokens are gone once more, and this time the gateway still holds one.
  await sink.comeBack()
  await load(gateway, messages - before, before)
  await untilNothingIsPending(gateway)
  const found = await account(gateway, sink, place)
  await sink.end("SIGKILL")
  place.remove()
  return { messages, reason, restartedAt, failedForMs, ...found, ...drained }
}

interface Cut {
  gateway: Gateway
  place: Place
  world: Adrift
  /** The number of the first message. */
  first: number
}

/** Sends a quarter of the messages under each clock, and gives the gateway that is left running. */
async function fillOffline({ messages, progress }: Offline, { gateway, place, world, first }: Cut) {
  const quarter = Math.ceil(messages / 4)
  let sent = 0
  const fill = async (box: Gateway, what: string) => {
    const number = Math.min(quarter, messages - sent)
    progress(`${number} messages ${what}`)
    await load(box, first + sent, number)
    sent += number
    await untilDown(box)
  }
  await fill(gateway, "while nothing can be reached")
  world.clock(90 * dayMs)
  await fill(gateway, "after the clock stepped forward 90 days")
  await gateway.end("SIGKILL")
  world.clock(-10 * 365 * dayMs)
  const second = await place.start()
  const { startedAt: restartedAt } = await second.status()
  await fill(second, "after a power cut, with the clock 10 years back")
  world.clock(90 * dayMs)
  await fill(second, "after the clock was set right")
  await second.end("SIGKILL")
  return { gateway: await place.start(), restartedAt }
}

async function load({ port }: Gateway, first: number, messages: number): Promise<void> {
  await putLoad({ port, connections, first, warmUpMs: 0, durationMs: patienceMs, messages })
}

/** The settings of our proof, whose secret lies in this folder. */
function authIn(folder: string, tokenUrl: string): string {
  const clientSecretFile = join(folder, "client-secret")
  writeFileSync(clientSecretFile, "only for the benchmark\n", { mode: 0o600 })
  const settings = { kind: "client-credentials", tokenUrl, clientId: "clinic", clientSecretFile }
  const lines = Object.entries(settings).map(([key, value]) => `auth.${key} = "${value}"`)
  return lines.join("\n")
}

async function untilDown(gateway: Gateway): Promise<void> {
  while ((await gateway.status()).destinations.central?.state !== "down") await Bun.sleep(20)
}

type Drained = Pick<LivedThrough, "firstAfterMs" | "fullAfterMs" | "drainedAfterMs" | "perSecond">

const sampleMs = 200

/** Follows the return at the centre, which had so many before, until nothing is pending. */
async function drain(gateway: Gateway, sink: Sink, before: number): Promise<Drained> {
  const from = Date.now()
  const samples: { afterMs: number; perSecond: number }[] = []
  let last = await sink.tally()
  const sample = async () => {
    await Bun.sleep(sampleMs)
    const now = await sink.tally()
    const perSecond = ((now.transactions - last.transactions) / (now.at - last.at)) * 1000
    if (perSecond > 0) samples.push({ afterMs: now.at - from, perSecond })
    last = now
  }
  while (last.transactions === before) await sample()
  const firstAfterMs = last.at - from
  let over = false
  const finished = untilNothingIsPending(gateway).finally(() => {
    over = true
  })
  while (!over) await sample()
  await finished
  const perSecond = share(Float64Array.from(samples, (sample) => sample.perSecond).sort(), 0.5)
  const full = samples.find((sample) => sample.perSecond >= perSecond * fullShare)
  return {
    firstAfterMs,
    fullAfterMs: full?.afterMs ?? Number.NaN,
    drainedAfterMs: last.lastAt - from,
    perSecond,
  }
}

/** A moment this near to the middle one is full speed. */
const fullShare = 0.9

/** What the gateway and the centre have in the end; the gateway ends with it. */
async function account(gateway: Gateway, sink: Sink, place: Place) {
  const { destinations, purging } = await gateway.status()
  const { waiting } = purging
  const { delivered = 0, held = 0 } = destinations.central ?? {}
  const { transactions, repeated, reports, disordered } = await sink.tally()
  const mostMb = peakMb(gateway.pid)
  await gateway.end("SIGTERM")
  const database = new Database(join(place.data, "waystation.db"), { readonly: true })
  const { kept } = database
    .query<{ kept: number }, []>("SELECT count(*) AS kept FROM journal")
    .get() ?? { kept: 0 }
  database.close()
  return { delivered, held, kept, waiting, transactions, repeated, reports, disordered, mostMb }
}
