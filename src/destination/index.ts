import type { GenericSchema } from "valibot"
import type { Destination, Surroundings } from "../message.ts"
import { fhir } from "./fhir/index.ts"
import { folder } from "./folder/index.ts"
import { http } from "./http/index.ts"
import { mllp } from "./mllp/index.ts"

export { type Alg, algs, newPrivateKey, publicJwkOf } from "./auth/private-key.ts"

/** What every kind's configuration comes to, whatever else it has. */
export interface DestinationConfig {
  kind: string
  /** Deliveries in flight at once; order inside a lane is kept whatever this is. */
  concurrency: number
  /** The longest wait between two tries, in ms; five minutes where left out. */
  retryMax?: number | undefined
  /** `block`: a message that is held keeps the later ones about its patient waiting. */
  onHeld?: "continue" | "block" | undefined
}

/** A kind of destination: the strict schema of its section, and how one is opened. */
export interface DestinationKind<Config extends DestinationConfig = DestinationConfig> {
  config: GenericSchema<unknown, Config>
  /** Its destinations have something to say of themselves when the gateway starts. */
  greets?: boolean
  /** Takes no network to open: a destination that is gone shows when something is sent. */
  open(name: string, config: Config, surroundings: Surroundings): Destination
}

/** The list of kinds, by the word that stands as `kind` in the configuration. */
export const destinations = { fhir, folder, http, mllp } satisfies Record<string, DestinationKind>
