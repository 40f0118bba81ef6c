import { afterEach } from "bun:test"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { type AdminConfig, type AdminView, openAdmin, type Status } from "../../src/admin/index.ts"
import { openStore } from "../../src/store/index.ts"
import { temporaryFolder } from "../build.ts"

/** What the gateway of these tests says of itself. */
export const status: Status = {
  site: { id: "kisumu-01", name: "Kisumu Clinic" },
  version: "0.1.0",
  commit: "abc1234",
  startedAt: "2026-04-15T12:00:00.000Z",
  uptimeSeconds: 60,
  sources: {},
  destinations: {},
  journal: { unrouted: 0, unfollowed: 0 },
  purging: { lastAt: null, messages: 0, quarantined: 0 },
}

const token = "test-".repeat(8)

/** What a request with the token carries. */
export const authorization = { headers: { authorization: `Bearer ${token}` } }

/** Opens admin addresses that are closed after each test of the file that asks for this. */
export function adminsOfThisFile() {
  const opened: { close(): Promise<void> }[] = []
  const closeAll = async () => {
    for (const one of opened.splice(0).reverse()) await one.close()
  }
  afterEach(closeAll)
  return {
    closeAll,
    /** Opens one on a data folder that holds the token of these tests; resolves with its URL. */
    async open(config: Partial<AdminConfig> = {}, view: Seen = {}): Promise<string> {
      const data = view.data ?? temporaryFolder()
      if (view.data === undefined) writeFileSync(join(data, "admin-token"), `${token}\n`)
      const store = await emptyStore()
      const admin = await openAdmin(
        { host: "127.0.0.1", port: 0, sandbox: false, ...config },
        { ...quiet, ...view, store: { ...store, ...view.store }, data },
      )
      opened.push(admin)
      return admin.address
    },
  }

  async function emptyStore() {
    const store = await openStore(temporaryFolder())
    opened.push(store)
    return store
  }
}

/** What a test says about the box; of all else there is nothing. */
type Seen = Partial<Omit<AdminView, "store">> & { store?: Partial<AdminView["store"]> }

/** A gateway where nothing happens, but for its store. */
export const quiet: Omit<AdminView, "data" | "store"> = {
  ready: {},
  status: () => status,
  codeMaps: { list: {}, csv: () => undefined, unmappedCsv: () => "" },
  clock: { confirm: async () => undefined },
  destinations: ["central"],
  assigners: [],
  delivering: {
    standing: () => ({ state: "up", notBefore: 0 }),
    pause: () => {},
    resume: () => {},
    probe: () => {},
    decided: () => {},
  },
  basis: () => "",
  routeAgain: async () => 0,
  log: () => {},
}

/** A request and all of its answer. */
export async function ask(url: string, init: RequestInit = {}) {
  const response = await fetch(url, init)
  return { status: response.status, body: await response.text(), headers: response.headers }
}
