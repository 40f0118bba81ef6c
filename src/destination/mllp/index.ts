import * as v from "valibot"
import type { Destination, Surroundings } from "../../message.ts"
import { timeout } from "../../units.ts"
import { tlsConfig } from "../auth/tls.ts"
import { delivering } from "../settings.ts"
import { openMllp } from "./client.ts"

const name = v.pipe(v.string("must be a name in quotes"), v.nonEmpty("must not be empty"))
const port = "must be a port number from 1 to 65535, such as 2575"

const withTls = "needs a section tls beside it: without one, nothing is encrypted"

const section = v.strictObject({
  kind: v.literal("mllp"),
  host: name,
  port: v.pipe(v.number(port), v.integer(port), v.minValue(1, port), v.maxValue(65_535, port)),
  /** `[destination.his.tls]`; `{}` trusts the well-known authorities, and shows no certificate. */
  tls: v.optional(tlsConfig),
  /** The name its certificate must bear; the host where left out. */
  servername: v.optional(name),
  /** How long an exchange may take, from connecting to the acknowledgement. */
  timeout: v.optional(timeout, "30s"),
  /**
   * What becomes of a message whose acknowledgement did not come, so that nobody knows whether it
   * was taken. `resend`: it is sent again, and the receiver knows a repeat by MSH-10 and bytes.
   * `hold`: a person finds out first.
   */
  onLostAck: v.optional(v.picklist(["resend", "hold"], 'must be "resend" or "hold"'), "resend"),
  ...delivering,
  /** Many receivers serve one connection, and leave a second one waiting for ever. */
  concurrency: v.optional(delivering.concurrency.wrapped, 1),
})

const config = v.pipe(
  section,
  v.forward(
    v.check(({ tls, servername }) => tls !== undefined || servername === undefined, withTls),
    ["servername"],
  ),
)

export type MllpConfig = v.InferOutput<typeof config>

/** HL7 v2 over MLLP: each message as it came, and its acknowledgement. */
export const mllp = {
  config,
  open: (_name: string, settings: MllpConfig, surroundings: Surroundings): Destination =>
    openMllp(settings, surroundings),
}
