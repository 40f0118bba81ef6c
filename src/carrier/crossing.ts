import type { Carried, Carrying } from "../carry.ts"
import type { Told } from "../message.ts"
import type { CarrierSettings } from "./here.ts"

/** What crosses to the carrier's thread; `carry` numbers a delivery while it is there. */
export type Outward =
  | { what: "open"; settings: CarrierSettings }
  | { what: "carry"; carry: number; carrying: Carrying }
  | { what: "known"; carry: number; told: Told[] }
  | { what: "abort"; carry: number }
  | { what: "greet" }
  | { what: "ping" }
  | { what: "close" }

/** What comes back; a fault has its words from `faultOf`. */
export type Inward =
  | { what: "known"; carry: number; resources: readonly string[] }
  | { what: "carried"; carry: number; carried: Carried }
  | { what: "failed"; carry: number; fault: string }
  | { what: "log"; event: string; fields: Record<string, unknown> | undefined }
  | { what: "alive" }
  | { what: "broken"; fault: string }
  | { what: "closed" }
