import type { Server } from "node:tls"
import type { Log } from "../../message.ts"
import { endOf, problemsOf, readTls, type Texts, type TlsFiles, tlsOptions } from "./tls-files.ts"

interface Given {
  source: string
  log: Log
  /** Milliseconds since 1970. */
  now: () => number
}

const dayMs = 86_400_000

/** What has fewer days than this left is named in the log, once a day. */
const daysEnough = { certFile: 30, caFile: 30, crlFile: 3 }

/** The certificates of one listener, which are taken anew from their files when these change. */
export class Certificates {
  readonly #files: TlsFiles
  readonly #given: Given
  /** What is in use. */
  #texts: Texts
  /** What the files held when they were last looked at. */
  #seen: string
  #warnedAt = 0

  /** Throws with all that is wrong with the files. */
  constructor(files: TlsFiles, given: Given) {
    this.#files = files
    this.#given = given
    this.#texts = readTls(files)
    this.#seen = JSON.stringify(this.#texts)
    const problems = problemsOf(this.#texts).map(({ key, says }) => `tls.${key}: ${says}`)
    if (problems.length > 0) throw new Error(problems.join("; "))
    this.#warn()
  }

  /** What `node:tls` is opened with. */
  get options() {
    return tlsOptions(this.#texts)
  }

  /**
   * Looks whether the files have changed, and lets new connections meet what they hold now; those
   * that stand are not touched. Files that do not hold together change nothing: it may be that
   * one of them is written already and the next is not.
   */
  renew(server: Server): void {
    const texts = readTls(this.#files)
    const seen = JSON.stringify(texts)
    if (seen !== this.#seen) {
      this.#seen = seen
      this.#take(texts, server)
    }
    if (performance.now() - this.#warnedAt >= dayMs) this.#warn()
  }

  #take(texts: Texts, server: Server): void {
    const { source, log } = this.#given
    const problems = problemsOf(texts)
    for (const { key, says } of problems) {
      log("certificate-not-renewed", { source, key: `tls.${key}`, reason: says })
    }
    if (problems.length > 0) return
    server.setSecureContext(tlsOptions(texts))
    this.#texts = texts
    log("certificate-renewed", { source })
    this.#warn()
  }

  /**
   * A certificate past its end is told and used all the same: a clock that lies, or a power cut on
   * the day after, must not keep a box from starting.
   */
  #warn(): void {
    const { source, log, now } = this.#given
    this.#warnedAt = performance.now()
    for (const key of ["certFile", "caFile", "crlFile"] as const) {
      const endsAt = endOf(this.#texts, key)
      if (endsAt === undefined) continue
      const days = (endsAt - now()) / dayMs
      if (days >= daysEnough[key]) continue
      const event = days < 0 ? "certificate-expired" : "certificate-expires"
      log(event, { source, key: `tls.${key}`, days: Math.floor(Math.abs(days)) })
    }
  }
}
