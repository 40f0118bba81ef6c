import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { oru, temporaryFolder } from "../../build.ts"
import { type Issued, openAuthority } from "../../fake/authority.ts"
import type { Listener } from "./listener.ts"

/** Has `lab` speak TLS, with files of the test's own. */
export function secured(lab: Listener) {
  const folder = temporaryFolder()
  const file = (name: string) => join(folder, name)
  const authority = openAuthority()
  const analyzer = authority.issue("analyzer-7")
  const own = { certFile: file("box.crt"), keyFile: file("box.key") }

  /** What a sender is given to trust the box, and to be trusted. */
  const trusting = (issued?: Issued) => ({
    ca: authority.cert,
    ...(issued && { cert: issued.cert, key: issued.key }),
  })
  /** Writes a certificate and its key where the listener looks for the box's own. */
  const install = ({ cert, key }: Issued) => {
    writeFileSync(own.certFile, cert)
    writeFileSync(own.keyFile, key)
  }

  return {
    file,
    authority,
    analyzer,
    own,
    trusting,
    install,
    /** Opens the listener anew, with this certificate; senders must show one of the authority's. */
    async reopen(changes: object = {}, issued = authority.issue("box")): Promise<void> {
      install(issued)
      writeFileSync(file("senders.crt"), authority.cert)
      await lab.reopen({ tls: { ...own, caFile: file("senders.crt"), ...changes } })
    },
    /** What a sender with this certificate gets for a message. */
    async answerTo(issued?: Issued): Promise<string> {
      try {
        const one = await lab.secureSender(trusting(issued))
        one.send(oru())
        return await one.answer()
      } catch {
        return "hung up"
      }
    },
    /** Why senders were refused, by the log. */
    refusals: () =>
      lab.events.flatMap(({ event, reason }) => (event === "connection-refused" ? [reason] : [])),
  }
}
