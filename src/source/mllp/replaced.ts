import type { Connection } from "./connection.ts"

/** Where MSH-3 and MSH-4 are looked for: no header in use is longer before them. */
const headMax = 1024

/**
 * Who sent a message: the address it came from, and MSH-3 and MSH-4 as they stand. Undefined where
 * both are empty, since that could be anybody behind the address.
 */
export function senderOf(bytes: Uint8Array, address: string): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, headMax))
  const [, separator = "", rest = ""] = /MSH(.)([^\r\n]*)/.exec(head.toString("latin1")) ?? []
  const [, application = "", facility = ""] = rest.split(separator, 3)
  if (application === "" && facility === "") return undefined
  return [address, application, facility].join(separator)
}

/**
 * The connections a sender has left for a newer one, as an analyzer does that was switched off
 * and on: the same sender has sent a message over a connection opened later, and since it last
 * sent one here it was silent for `silentMs`.
 *
 * @param connections in the order they were opened
 * @param now by `performance.now()`
 */
export function replaced(
  connections: ReadonlySet<Connection>,
  silentMs: number,
  now: number,
): Connection[] {
  const newest = new Map<string, Connection>()
  for (const connection of connections) {
    if (connection.sender !== undefined) newest.set(connection.sender, connection)
  }
  return [...connections].filter((connection) => {
    const other = connection.sender === undefined ? undefined : newest.get(connection.sender)
    if (!other || other === connection) return false
    const silent = connection.silentMs(now)
    return silent >= silentMs && silent > other.silentMs(now)
  })
}
