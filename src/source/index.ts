import type { GenericSchema } from "valibot"
import type { Receive, Source, SourceSettings } from "../message.ts"
import { http } from "./http/index.ts"
import type { SourceSurroundings } from "./in-flight.ts"
import { mllp } from "./mllp/index.ts"

export { InFlight } from "./in-flight.ts"

/** What every kind's configuration comes to, whatever else it has. */
export interface SourceConfig extends SourceSettings {
  kind: string
}

/** A kind of source: the strict schema of its section, and how one is opened. */
export interface SourceKind<Config extends SourceConfig = SourceConfig> {
  config: GenericSchema<unknown, Config>
  /** Resolves when senders can reach it; rejects with what to do when its port can't be had. */
  open(
    name: string,
    config: Config,
    receive: Receive,
    surroundings: SourceSurroundings,
  ): Promise<Source>
}

/** The list of kinds, by the word that stands as `kind` in the configuration. */
export const sources = { mllp, http } satisfies Record<string, SourceKind>
