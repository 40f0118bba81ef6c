import type { Socket } from "node:net"
import * as v from "valibot"
import { allow, allowing, plainAddress } from "../allow.ts"
import type { Refusals } from "../refusals.ts"

const count = v.pipe(
  v.number("must be a number"),
  v.integer("must be a whole number"),
  v.minValue(1, "must be at least 1"),
)

/** Who may send: the keys of an MLLP section that say so. */
export const admissionConfig = {
  allow,
  /** Connections open at once; one more is refused, and the log says so. */
  connectionsMax: v.optional(count, 10_000),
  /** The same for one address. None by default: behind one address may stand a whole laboratory. */
  connectionsPerPeerMax: v.optional(count),
}

interface Limits {
  allow?: readonly string[] | undefined
  connectionsMax: number
  connectionsPerPeerMax?: number | undefined
}

/** Decides who is let in, before a byte is read. */
export class Admission {
  readonly #limits: Limits
  readonly #allows: (address: string) => boolean
  readonly #refusals: Refusals
  /** Open connections, by address. */
  readonly #open = new Map<string, number>()
  #openInAll = 0

  constructor(limits: Limits, refusals: Refusals) {
    this.#limits = limits
    this.#allows = allowing(limits.allow)
    this.#refusals = refusals
  }

  /** Whether the socket may stay; where not, it is closed. */
  admit(socket: Socket): boolean {
    const address = plainAddress(socket.remoteAddress)
    const reason = this.#objection(address)
    if (reason !== undefined) {
      this.#refusals.add(address, reason)
      socket.destroy()
      return false
    }
    this.#openInAll++
    this.#open.set(address, (this.#open.get(address) ?? 0) + 1)
    socket.once("close", () => this.#leave(address))
    return true
  }

  #objection(address: string): string | undefined {
    const { connectionsMax, connectionsPerPeerMax = Number.POSITIVE_INFINITY } = this.#limits
    if (!this.#allows(address)) return "not in allow"
    if (this.#openInAll >= connectionsMax) {
      return `connectionsMax: ${connectionsMax} connections are open`
    }
    if ((this.#open.get(address) ?? 0) >= connectionsPerPeerMax) {
      return `connectionsPerPeerMax: ${connectionsPerPeerMax} connections from there are open`
    }
    return undefined
  }

  #leave(address: string): void {
    this.#openInAll--
    const left = (this.#open.get(address) ?? 1) - 1
    if (left === 0) this.#open.delete(address)
    else this.#open.set(address, left)
  }
}
