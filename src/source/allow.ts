import { BlockList, isIP } from "node:net"
import * as v from "valibot"

/** Addresses and networks that may send; left out, everyone may. */
export const allow = v.optional(
  v.array(v.pipe(v.string(), v.check(isNetwork, 'must be an address or a network: "10.0.0.0/8"'))),
)

/** Says of an address whether it may send. */
export function allowing(networks: readonly string[] | undefined): (address: string) => boolean {
  if (!networks) return () => true
  const list = new BlockList()
  for (const text of networks) {
    const [address = "", prefix] = text.split("/")
    if (prefix === undefined) list.addAddress(address, familyOf(address))
    else list.addSubnet(address, Number(prefix), familyOf(address))
  }
  return (address) => list.check(address, familyOf(address))
}

/** An address as people write it: an IPv4 one may come over IPv6, as `::ffff:10.0.0.5`. */
export function plainAddress(address = ""): string {
  const mapped = address.toLowerCase().startsWith("::ffff:") ? address.slice(7) : ""
  return isIP(mapped) === 4 ? mapped : address
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4"
}

function isNetwork(text: string): boolean {
  const [address = "", prefix, ...more] = text.split("/")
  const bits = isIP(address) === 6 ? 128 : 32
  // A zone (fe80::1%eth0) would be taken, and then match nobody.
  if (isIP(address) === 0 || address.includes("%") || more.length > 0) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits)
}
