/** The words of mapping, which go on from those of message.ts. */
import type { Bundle, Coding } from "fhir/r4"
import type { Message, SiteSettings, SourceSettings, Told } from "./message.ts"

/** A pure map for some message types. */
export interface MessageMap {
  /** `ORU^R01` names one type, `ACK` a whole family, as in a route. */
  readonly types: readonly string[]
  /**
   * The resources a message keeps up to date, as `Told.resource`: asked first, so that `map` is
   * given what is known of them. Left out where there are none.
   */
  owned?(message: Message, context: ReadContext): readonly string[]
  map(message: Message, context: MapContext): Mapped
}

/** What a message is read with. */
export interface ReadContext {
  site: SiteSettings
  source: SourceSettings
  /** Left out where the site has none. */
  codeMaps?: CodeMaps | undefined
}

/** What a map may know besides the message. */
export interface MapContext extends ReadContext {
  /** What the destination was told before about the resources this message owns. */
  known: readonly Told[]
}

/** What a map makes of a message; expected failures are values. */
export type Mapped =
  | {
      /** Of no entries for a message that has nothing to say in FHIR: nothing is sent then. */
      bundle: Bundle
      /** What was dropped or doubted on the way, for the trail; no message content. */
      notes: string[]
      /** What the bundle tells its destination, for the next message about the same resource. */
      told: Told[]
      /** The codes that went out as the sender's own, where a code map should have had them. */
      unmapped?: Unmapped[] | undefined
      /** Left out by a map that keeps no account of itself. */
      record?: MapRecord | undefined
    }
  /** `unmapped`, where it is given: the codes that it is held for. */
  | { problem: string; unmapped?: Unmapped[] | undefined }

/** What the trail keeps of a mapping. */
export interface MapRecord {
  /** The version of the maps. */
  version: number
  /** How many fields of the message hold anything, MSH-1 and MSH-2 not counted. */
  populated: number
  /** How many of them the map has read; the others it left out. */
  read: number
}

/** A code that the code map of its field does not have. */
export interface Unmapped {
  codeMap: string
  source: string
  /** `OBX-3`. */
  field: string
  /** The name the sender gives its coding system; "" for none. */
  system: string
  code: string
  /** What the sender says it means; "" for nothing. */
  display: string
}

/** What a site says that the codes of one field are. */
export interface CodeMap {
  name: string
  /** What becomes of a message with a code that it does not have. */
  onUnknown: "pass" | "hold"
  /** The standard code for a sender's own, of a coding system as the sender names it. */
  find(system: string | undefined, code: string): Coding | undefined
}

/** The code maps of a site. */
export interface CodeMaps {
  /** The one for a field, such as `OBX-3`, of what a source sends; undefined: there is none. */
  of(source: string, field: string): CodeMap | undefined
}
