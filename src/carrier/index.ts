import { destinations } from "../destination/index.ts"
import { maps } from "../map/index.ts"
import type { Log } from "../message.ts"
import { type Carrier, type CarrierSettings, type Equipment, openCarrierHere } from "./here.ts"
import { openCarrierThread } from "./remote.ts"

/**
 * Opens the way through the map to the destinations. Ours map and send on a thread of their own;
 * what a program has brought along are functions, which stay on its own.
 */
export function openCarrier(
  { site, source, destination, codeMap }: CarrierSettings,
  brought: Partial<Equipment>,
  log: Log,
): Carrier {
  const settings = { site, source, destination, codeMap }
  if (brought.maps || brought.destinations) {
    const equipment = {
      maps: [...(brought.maps ?? []), ...maps],
      destinations: { ...destinations, ...brought.destinations },
    }
    return openCarrierHere(settings, equipment, log)
  }
  const carrier = openCarrierThread(settings, log)
  // The thread need not start before the first delivery where no destination has a word to say.
  const ours: Equipment["destinations"] = destinations
  const greets = Object.values(destination).some(({ kind }) => ours[kind]?.greets)
  return greets ? carrier : { ...carrier, greet() {} }
}
