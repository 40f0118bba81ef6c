import * as v from "valibot"
import { senderSettings } from "../../hl7/settings.ts"
import { timeout } from "../../units.ts"
import { host, port } from "../listen.ts"
import { answerSettings, frameMax } from "../settings.ts"
import { admissionConfig } from "./admission.ts"
import { openListener } from "./listener.ts"
import { tlsConfig } from "./tls-files.ts"

const config = v.strictObject({
  kind: v.literal("mllp"),
  host,
  port,
  ...admissionConfig,
  tls: v.optional(tlsConfig),
  frameMax,
  /**
   * How long a sender may be silent inside a frame before what came of it is put aside and the
   * connection closed. A sender writes a message in one go, and few wait longer for an answer.
   */
  frameTimeout: v.optional(timeout, "30s"),
  /**
   * How long a connection may be silent between messages. Left out, for ever: an analyzer stays
   * connected through a quiet weekend, and some never connect again when they are hung up on.
   */
  idleTimeout: v.optional(timeout),
  /**
   * After so long without a word the system asks the other end whether it is still there. It takes
   * 32,767 s at most; above that it says nothing, and goes by its own 2 h.
   */
  keepAlive: v.optional(
    v.pipe(
      timeout,
      v.minValue(1_000, "must be at least 1s"),
      v.maxValue(32_767_000, "must not be longer than 9h"),
    ),
    "60s",
  ),
  /**
   * A connection silent for so long is closed once its sender (same address, MSH-3 and MSH-4) has
   * sent a message over a newer one. Left out, never: many devices may share one address.
   */
  replaceSilent: v.optional(timeout),
  ...senderSettings,
  ...answerSettings,
})

export type MllpConfig = v.InferOutput<typeof config>

/** HL7 v2 over MLLP: one listener, many connections, an acknowledgement for each message. */
export const mllp = { config, open: openListener }
