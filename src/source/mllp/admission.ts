import { BlockList, isIP, type Socket } from "node:net"
import * as v from "valibot"
import type { Log } from "../../message.ts"

const count = v.pipe(
  v.number("must be a number"),
  v.integer("must be a whole number"),
  v.minValue(1, "must be at least 1"),
)

/** Who may send: the keys of an MLLP section that say so. */
export const admissionConfig = {
  /** Addresses and networks that may send; left out, everyone may. */
  allow: v.optional(
    v.array(
      v.pipe(v.string(), v.check(isNetwork, 'must be an address or a network: "10.0.0.0/8"')),
    ),
  ),
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

/** Refusals told apart by who was refused and why; those beyond are told together. */
const toldMax = 1_000

/** Decides who is let in, before a byte is read, and tells the log who is not. */
export class Admission {
  readonly #source: string
  readonly #limits: Limits
  readonly #allowed: BlockList | undefined
  readonly #log: Log
  /** Open connections, by address. */
  readonly #open = new Map<string, number>()
  #openInAll = 0
  /** Refusals since the log was last told how many, by peer and reason. */
  readonly #untold = new Map<string, { peer: string; reason: string; times: number }>()

  constructor(source: string, limits: Limits, log: Log) {
    this.#source = source
    this.#limits = limits
    this.#allowed = limits.allow && networksOf(limits.allow)
    this.#log = log
  }

  /** Whether the socket may stay; where not, it is closed. */
  admit(socket: Socket): boolean {
    const address = addressOf(socket)
    const reason = this.#objection(address)
    if (reason !== undefined) {
      this.refuse(address, reason)
      socket.destroy()
      return false
    }
    this.#openInAll++
    this.#open.set(address, (this.#open.get(address) ?? 0) + 1)
    socket.once("close", () => this.#leave(address))
    return true
  }

  /** Tells the log that a peer was refused: at once the first time, later ones by their number. */
  refuse(address: string, reason: string): void {
    const peer = this.#untold.size < toldMax ? address : "others"
    const key = `${peer} ${reason}`
    const told = this.#untold.get(key)
    if (told) told.times++
    else {
      this.#untold.set(key, { peer, reason, times: 0 })
      this.#log("connection-refused", { source: this.#source, peer, reason })
    }
  }

  /** Tells the log how often what it was told has happened again since: no line for each. */
  tell(): void {
    for (const { peer, reason, times } of this.#untold.values()) {
      if (times === 0) continue
      this.#log("connection-refused", { source: this.#source, peer, reason, timesMore: times })
    }
    this.#untold.clear()
  }

  #objection(address: string): string | undefined {
    const { connectionsMax, connectionsPerPeerMax = Number.POSITIVE_INFINITY } = this.#limits
    if (this.#allowed && !this.#allowed.check(address, isIP(address) === 6 ? "ipv6" : "ipv4")) {
      return "not in allow"
    }
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

/** The peer's address; an IPv4 one over IPv6 (`::ffff:10.0.0.5`) as people write it. */
export function addressOf(socket: Socket): string {
  const address = socket.remoteAddress ?? ""
  const mapped = address.toLowerCase().startsWith("::ffff:") ? address.slice(7) : ""
  return isIP(mapped) === 4 ? mapped : address
}

function isNetwork(text: string): boolean {
  const [address = "", prefix, ...more] = text.split("/")
  const bits = isIP(address) === 6 ? 128 : 32
  // A zone (fe80::1%eth0) would be taken, and then match nobody.
  if (isIP(address) === 0 || address.includes("%") || more.length > 0) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits)
}

function networksOf(allow: readonly string[]): BlockList {
  const networks = new BlockList()
  for (const text of allow) {
    const [address = "", prefix] = text.split("/")
    const family = isIP(address) === 6 ? "ipv6" : "ipv4"
    if (prefix === undefined) networks.addAddress(address, family)
    else networks.addSubnet(address, Number(prefix), family)
  }
  return networks
}
