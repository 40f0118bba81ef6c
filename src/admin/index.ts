import * as v from "valibot"
import type { Cause, Log } from "../message.ts"
import type { Store } from "../store/index.ts"
import { openApp, type Ready } from "./app.ts"
import { openToken } from "./auth.ts"
import type { CodeMapsView } from "./codes.ts"
import { isLoopback } from "./loopback.ts"
import { openSandbox } from "./sandbox/index.ts"
import type { Status } from "./status.ts"

export type { Ready } from "./app.ts"
export type { ShownUnmapped } from "./codes.ts"
export { pausedBecause } from "./destinations.ts"
export type {
  ShownDelivery,
  ShownHeld,
  ShownMessage,
  ShownWhole,
  ShownWholeMessage,
} from "./shown.ts"
export { type DestinationStatus, openStatus, type SourceStatus, type Status } from "./status.ts"

/** The `[admin]` section. */
export const adminConfig = v.strictObject({
  host: v.optional(
    v.pipe(
      v.string(),
      v.check(
        (host) => host === "localhost" || isLoopback(host),
        "must be an address of this machine, such as 127.0.0.1: without TLS the network could " +
          "read the token on its way",
      ),
    ),
    "127.0.0.1",
  ),
  /** 0: any free port. */
  port: v.optional(
    v.pipe(
      v.number(),
      v.integer("must be a whole number"),
      v.minValue(0, "must not be below 0"),
      v.maxValue(65535, "must not be above 65535"),
    ),
    8575,
  ),
  /** A small FHIR endpoint inside the box at /sandbox/fhir, for commissioning. */
  sandbox: v.optional(v.boolean("must be true or false"), false),
})

export type AdminConfig = v.InferOutput<typeof adminConfig>

/** What the admin room is given to show. */
export interface AdminView {
  /** The data folder, where the token is kept. */
  data: string
  store: Pick<
    Store,
    | ("quarantined" | "inQuarantine" | "backup" | "tank" | "search" | "unmapped")
    | ("paused" | "pause" | "resume")
  >
  /** The names of the destinations there are. */
  destinations: readonly string[]
  /** The authorities that sources say for patient numbers which name none. */
  assigners: readonly string[]
  delivering: Deciding
  /** Owes what no route wanted when it came to those who want it now; answers how many messages. */
  routeAgain(by: string): Promise<number>
  /** The digest of what of the configuration may hold a delivery to a destination. */
  basis(destination: string, cause: Cause): string
  codeMaps: CodeMapsView
  status(): Status | Promise<Status>
  /** A person's word that the clock is right; answers by how many ms it had stepped. */
  clock: { confirm(): Promise<number | undefined> }
  /** By what each check is about, such as "ports open". */
  ready: Readonly<Record<string, Ready>>
  log: Log
}

/** What a person may tell the way out, and how it stands. */
export interface Deciding {
  standing(destination: string): {
    state: "up" | "down" | "paused"
    reason?: string | undefined
    notBefore: number
  }
  pause(destination: string, reason: string): void
  resume(destination: string): void
  probe(destination: string): void
  /** Says that a person has decided something about deliveries to it. */
  decided(destination: string): void
}

export interface Admin {
  /** Where a browser reaches it: `http://127.0.0.1:8575`. */
  readonly address: string
  close(): Promise<void>
}

/** A Bundle of results with a scanned report fits; a body that never ends does not. */
const bodyBytesMax = 64 * 1024 ** 2

/**
 * Serves the admin address: health, readiness, status, the console, and the sandbox where it is
 * on. Rejects with a message for people where the address or the token can't be had.
 */
export async function openAdmin(config: AdminConfig, view: AdminView): Promise<Admin> {
  const { host, port } = config
  const app = openApp(view, openToken(view.data), config.sandbox ? openSandbox() : undefined)
  const server = await serve()
  const name = host.includes(":") ? `[${host}]` : host
  return {
    address: `http://${name}:${server.port}`,
    close: () => server.stop(true),
  }

  async function serve() {
    try {
      return Bun.serve({
        hostname: host,
        port,
        // In a compiled binary it is on by default, and its error page leaks messages.
        development: false,
        // With development off, Bun 1.4.5 shares the port with whoever has it unless told not to:
        // a second gateway would start, and take half of the first one's requests.
        reusePort: false,
        maxRequestBodySize: bodyBytesMax,
        fetch: (request, server) => app.fetch(request, server),
      })
    } catch (error) {
      const { code, message } = error as { code?: string; message: string }
      const why =
        code === "EADDRINUSE"
          ? "the port is in use; stop the program that has it, or set another [admin] port"
          : message
      throw new Error(`can't listen on ${host}:${port}: ${why}`, { cause: error })
    }
  }
}
