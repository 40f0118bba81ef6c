import { chmodSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { AccessSettings } from "../../../src/destination/auth/index.ts"
import { openFhir } from "../../../src/destination/fhir/client.ts"
import type { Destination, Outcome } from "../../../src/message.ts"
import { temporaryFolder } from "../../build.ts"
import { registration } from "../sending.ts"

/** A file with this in it that only its owner may read. */
export function secretFile(secret: string, path = join(temporaryFolder(), "secret")): string {
  writeFileSync(path, secret)
  chmodSync(path, 0o600)
  return path
}

/** A destination, and all that it logged. */
export interface Opened extends Disposable {
  destination: Destination
  logged: { event: string; fields?: Record<string, unknown> }[]
  /** Sends the registration of a patient of this number. */
  send(value?: string): Promise<Outcome>
}

/** A FHIR destination that is reached so, with a clock that may be wrong. */
export function openReached(
  settings: Omit<AccessSettings, "timeout"> & { timeout?: number },
  now = Date.now,
): Opened {
  const logged: Opened["logged"] = []
  const log = (event: string, fields?: Record<string, unknown>) =>
    void logged.push({ event, fields })
  const destination = openFhir({ timeout: 10_000, ...settings }, { now, log })
  const never = new AbortController().signal
  return {
    destination,
    logged,
    send: (value = "KSM-1") => destination.send(registration(value), never),
    [Symbol.dispose]: () => void destination.close(),
  }
}
