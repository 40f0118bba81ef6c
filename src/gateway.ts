/**
 * The only file that knows every room. It opens them from the disk outwards, so that nothing comes
 * in before it can be kept, and closes them the other way.
 */
import { openAdmin, openStatus, pausedBecause, type Status } from "./admin/index.ts"
import { openBasis } from "./basis.ts"
import { openCarrier } from "./carrier/index.ts"
import { type Config, type Kinds, parseConfig, StartProblem } from "./config.ts"
import { openDelivering } from "./deliver.ts"
import { destinations as ourDestinations } from "./destination/index.ts"
import { openLog } from "./log.ts"
import { codeMapSheets, isUnmapped, openCodeMaps } from "./map/index.ts"
import type { MessageMap } from "./mapping.ts"
import type { Log, Source, Surroundings } from "./message.ts"
import { openPurging } from "./purge.ts"
import { openReceiving } from "./receive.ts"
import { owed } from "./route.ts"
import { InFlight, sources as ourSources } from "./source/index.ts"
import { openStore, type Store } from "./store/index.ts"
import { takeOver } from "./take-over.ts"
import { commit, version } from "./version.ts"

export type { DestinationKind } from "./destination/index.ts"
export type { MessageMap } from "./mapping.ts"
export type { Destination, Source } from "./message.ts"
export type { SourceKind } from "./source/index.ts"

/** What a program that carries the gateway brings along; all of it may be left out. */
export interface Brought extends Partial<Kinds> {
  /** Asked before ours, so that a map of one's own takes the place of ours for its types. */
  maps?: readonly MessageMap[]
  /** The data folder; `./data` where left out. */
  data?: string
  /** What the paths in the configuration are relative to; the working directory where left out. */
  folder?: string
  /** Where events go; JSON lines on stderr where left out. */
  log?: Log
}

/** A gateway whose every port is open. */
export interface Gateway {
  /** Where senders reach each source: `{ lab: "mllp 127.0.0.1:2575" }`. */
  readonly sources: Readonly<Record<string, string>>
  /** Where a browser reaches the admin address; its token is `admin-token` in the data folder. */
  readonly admin: string
  status(): Promise<Status>
  /**
   * Stops taking messages in, commits and answers what was read, lets deliveries in flight finish
   * for up to 10 s, and closes the store. What is still pending is delivered after the next start.
   */
  close(): Promise<void>
}

/** Deliveries in flight have this long to finish before they are broken off. */
const graceMs = 10_000
/** How often the disk's free space is looked at when no message comes. */
const lookMs = 5_000

/**
 * Opens a gateway on a configuration (what the TOML file holds, as an object), with the kinds of
 * sources, maps and destinations it has and those brought along. Throws StartProblem with all that
 * is wrong, or StoreProblem for the data folder; nothing is left open then.
 */
export async function openGateway(config: unknown, brought: Brought = {}): Promise<Gateway> {
  const kinds: Kinds = {
    sources: { ...ourSources, ...brought.sources },
    destinations: { ...ourDestinations, ...brought.destinations },
  }
  const parsed = parseConfig(config, kinds, brought.folder)
  const log = brought.log ?? openLog((line) => process.stderr.write(line))
  const data = brought.data ?? "data"
  const store = await openStore(data, parsed.store)
  const opened: Closing[] = [() => store.close()]
  const close = async () => {
    const failed: unknown[] = []
    // One that fails to close must not leave the others open, and the data folder locked.
    for (const one of opened.splice(0).reverse()) await one().catch((e) => failed.push(e))
    if (failed.length > 0) throw failed[0]
  }
  try {
    await takeOver(store, parsed)
    const codeMaps = openCodeMaps(parsed.codeMap)
    await store.strikeUnmapped((met) => isUnmapped(codeMaps, met))
    const opening = { config: parsed, kinds, brought, data, store, log, opened }
    return { ...(await openRooms(opening)), close }
  } catch (error) {
    await close()
    throw error
  }
}

type Closing = () => Promise<void>

interface Opening {
  config: Config
  kinds: Kinds
  brought: Brought
  data: string
  store: Store
  log: Log
  /** What was opened so far, in that order. */
  opened: Closing[]
}

async function openRooms(opening: Opening): Promise<Omit<Gateway, "close">> {
  const { config, kinds, data, store, log, opened } = opening
  const { site } = config
  const now = Date.now
  const surroundings: Surroundings = { site, log, now }
  const inFlight = new InFlight(log)
  const sources: Record<string, Source> = {}
  const basis = openBasis(config, `${version} ${commit}`)
  const delivering = await openWayOut(opening, basis)
  const receiving = openReceiving({ store, log, now, onStored: delivering.wake })
  const purging = openPurging({
    store,
    retention: config.retention,
    log,
    read: () => ({ wallMs: now(), elapsedMs: performance.now() }),
  })
  const status = openStatus({
    config,
    build: { version, commit },
    store,
    sources,
    delivering,
    receiving,
    purging,
  })

  // Every port is tried before anyone is told which ones could not be had.
  const problems: string[] = []
  const trying = <T extends { close: Closing }>(path: string, open: Promise<T>) =>
    open.then(
      (room) => {
        opened.push(() => room.close())
        return room
      },
      (error: Error) => void problems.push(`${path}: ${error.message}`),
    )
  let serving = false
  const ready = {
    "ports open": async () => (serving ? undefined : "starting or stopping"),
    "store writable": async () => {
      const refusal = await store.refusal()
      if (refusal === undefined) await store.probe()
      return refusal
    },
  }
  const named = {
    destinations: Object.keys(config.destination),
    assigners: Object.values(config.source).flatMap(({ assigner }) => assigner ?? []),
    codeMaps: codeMapSheets(config.codeMap),
    routeAgain: (by: string) =>
      store.routeAgain((message) => owed(config.route, message), { by, at: Date.now() }),
  }
  const view = { data, store, status, clock: purging, ready, delivering, basis, log, ...named }
  const admin = await trying("admin", openAdmin(config.admin, view))
  opened.push(() => delivering.close(graceMs))
  for (const [name, settings] of Object.entries(config.source)) {
    const kind = kinds.sources[settings.kind]
    if (!kind) throw new Error(`no kind ${settings.kind}`)
    const source = await trying(
      `source.${name}`,
      kind.open(name, settings, receiving.from(name), { ...surroundings, inFlight }),
    )
    if (source) sources[name] = source
  }
  if (problems.length > 0 || !admin) throw new StartProblem(problems)
  opened.push(async () => {
    serving = false
  })
  serving = true
  delivering.start()
  opened.push(() => purging.close())
  await purging.start()
  receiving.look()
  const looking = setInterval(receiving.look, lookMs)
  opened.push(async () => clearInterval(looking))
  const addresses = Object.entries(sources).map(([name, { address }]) => [name, address])
  return { sources: Object.fromEntries(addresses), admin: admin.address, status }
}

/** Opens the way out, which `start` sets going; what a person has paused stays so. */
async function openWayOut(opening: Opening, basis: ReturnType<typeof openBasis>) {
  const { config, brought, store, log, opened } = opening
  const carrier = openCarrier(config, brought, log)
  opened.push(() => carrier.close())
  const delivering = openDelivering({
    store,
    owed: (message) => owed(config.route, message),
    carry: carrier.carry,
    destinations: config.destination,
    basis,
    log,
    now: Date.now,
    random: Math.random,
  })
  for (const [name, paused] of Object.entries(await store.paused())) {
    delivering.pause(name, pausedBecause(paused))
  }
  const start = () => {
    delivering.start()
    carrier.greet()
  }
  return { ...delivering, start }
}
