import { isIP } from "node:net"
import { ackCodes } from "../../hl7/ack-codes.ts"
import { readHead } from "../../hl7/head.ts"
import { parseMessage } from "../../hl7/message.ts"
import type { Destination, Outcome, Sending, Surroundings } from "../../message.ts"
import { outcomeOfAck } from "../acknowledgement.ts"
import { AccessProblem } from "../auth/auth.ts"
import { openTls } from "../auth/tls.ts"
import { networkReason, patienceMs, within } from "../network.ts"
import { Connection, type Exchanged, type Outgoing, type Place } from "./connection.ts"
import type { MllpConfig } from "./index.ts"

/**
 * A receiver of HL7 v2 over MLLP, which is sent each message byte for byte as it came. As many
 * connections stay open as deliveries were in flight at once, with one message at a time over each.
 */
export function openMllp(
  settings: Omit<MllpConfig, "kind" | "concurrency">,
  { log }: Pick<Surroundings, "log">,
): Destination {
  const { host, port, timeout, onLostAck, servername } = settings
  const address = `${host.includes(":") ? `[${host}]` : host}:${port}`
  const files = settings.tls && openTls(settings.tls, log)
  const closing = new AbortController()
  const idle: Connection[] = []

  /** By name, that of the certificate is asked for too; by address, there is none to ask for. */
  function place(): Place {
    const name = servername ?? (isIP(host) === 0 ? host : undefined)
    return { host, port, tls: files && { ...files(), ...(name && { servername: name }) } }
  }

  async function exchange(outgoing: Outgoing, limit: AbortSignal): Promise<Exchanged> {
    const at = idle.findLastIndex((one) => one.takes(outgoing.controlId))
    // One that can't take this message mostly takes none any more.
    for (const one of idle.splice(at + 1)) one.close()
    const connection = idle.pop() ?? (await Connection.open(place(), limit))
    const exchanged = await connection.exchange(outgoing, limit)
    idle.push(connection)
    return exchanged
  }

  return {
    takes: "message",
    async send({ message }: Sending, signal: AbortSignal): Promise<Outcome> {
      const outgoing = outgoingOf(message.bytes)
      if ("problem" in outgoing) return { outcome: "hold", reason: outgoing.problem }
      let exchanged: Exchanged
      try {
        const limitMs = patienceMs(timeout, message.bytes.length)
        exchanged = await within(limitMs, [signal, closing.signal], (limit) =>
          exchange(outgoing, limit),
        )
      } catch (error) {
        if (error instanceof AccessProblem) return error.outcome
        return { outcome: "retry", reason: networkReason(address, error) }
      }
      if (exchanged.came === "ack") return outcomeOfAck(exchanged.ack)
      if (exchanged.came === "nothing") {
        return { outcome: "delivered", receipt: { status: 202, code: "none asked for" } }
      }
      const { came, error, said } = exchanged
      const why = { reason: networkReason(address, error), ...(said && { said }) }
      // What the box itself broke off is not settled, and would be sent again whatever is said.
      const broken = signal.aborted || closing.signal.aborted
      if (came === "unsent" || onLostAck === "resend" || broken) return { outcome: "retry", ...why }
      return { outcome: "hold", ...why, reason: why.reason + lost }
    },
    async close() {
      closing.abort(new Error("the gateway is stopping"))
      for (const one of idle.splice(0)) one.close()
    },
  }
}

const lost = "; it may have been taken all the same: look there before it is replayed"

/** What MLLP can carry, and what answers can be told by. */
function outgoingOf(bytes: Uint8Array): Outgoing | { problem: string } {
  if (bytes.includes(0x0b) || bytes.includes(0x1c)) {
    return { problem: "it holds a byte that ends or begins a frame of MLLP (VT or FS)" }
  }
  const controlId = parseMessage(bytes).first("MSH")?.text(10)
  if (controlId === undefined) {
    return { problem: "it has no MSH-10, by which its acknowledgement could be known" }
  }
  const acks = ackCodes(readHead(bytes, {}).header, "accept", "auto").length
  return { bytes, controlId, acks }
}
