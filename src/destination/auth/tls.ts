import { createPrivateKey, X509Certificate } from "node:crypto"
import { readFileSync, statSync } from "node:fs"
import * as v from "valibot"
import type { Log } from "../../message.ts"
import { unreadable } from "../../unreadable.ts"
import { AccessProblem } from "./auth.ts"
import { readSecret, secretFile } from "./secret-file.ts"

const certificateFile = v.pipe(
  v.string("must be the path of a file in quotes"),
  v.nonEmpty("must be the path of a file"),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed || dataset.issues) return
    const problem = certificateProblem(dataset.value)
    if (problem !== undefined) addIssue({ message: problem })
  }),
)

const files = v.strictObject({
  /** The authorities of the destination's certificate, PEM, instead of the well-known ones. */
  caFile: v.optional(certificateFile),
  /** The box's own certificate, PEM, with the intermediate ones behind it, and its key. */
  certFile: v.optional(certificateFile),
  keyFile: v.optional(
    secretFile({
      test: (pem) => opens(() => createPrivateKey(pem)),
      says: "holds no private key in PEM form that opens without a passphrase",
    }),
  ),
})

export type TlsFiles = v.InferOutput<typeof files>

/** `[destination.central.tls]`: whom the box trusts to be the destination, and what it shows. */
export const tlsConfig = v.pipe(
  files,
  v.check(
    ({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined),
    "certFile and keyFile belong together: name both, or neither",
  ),
  v.forward(
    v.partialCheck(
      [["certFile"], ["keyFile"]],
      belong,
      "is not the key of the certificate in certFile: name the two made together",
    ),
    ["keyFile"],
  ),
)

/** What `fetch` and `node:tls` take. */
export interface ClientTls {
  ca?: string
  cert?: string
  key?: string
}

/**
 * Gives what stands in the files, read again when one of them has changed. Files that do not hold
 * together change nothing: one of them may be written already, and the next not yet. Throws
 * AccessProblem, a pause, where they never did.
 */
export function openTls(files: TlsFiles, log: Log): () => ClientTls {
  let stamp = ""
  let last: ClientTls | undefined
  return () => {
    const now = stampOf(files)
    if (last && now === stamp) return last
    stamp = now
    const problem = problemOf(files)
    if (problem === undefined) last = read(files)
    else if (last) log("certificate-not-renewed", { reason: problem })
    else throw new AccessProblem({ outcome: "pause", reason: `tls: ${problem}` })
    return last
  }
}

/** What the schema finds wrong with the files as they are now. */
function problemOf(files: TlsFiles): string | undefined {
  const [issue] = v.safeParse(tlsConfig, files).issues ?? []
  return issue && [v.getDotPath(issue) ?? [], issue.message].flat().join(": ")
}

function read({ caFile, certFile, keyFile }: TlsFiles): ClientTls {
  return {
    ...(caFile !== undefined && { ca: readFileSync(caFile, "utf8") }),
    ...(certFile !== undefined && { cert: readFileSync(certFile, "utf8") }),
    ...(keyFile !== undefined && { key: readSecret("keyFile", keyFile) }),
  }
}

/** What changes when one of the files does. */
function stampOf(files: TlsFiles): string {
  const stats = Object.values(files).map((path) => statSync(path ?? "", { throwIfNoEntry: false }))
  return stats.map((stat) => `${stat?.ino} ${stat?.size} ${stat?.mtimeMs}`).join()
}

function certificateProblem(path: string): string | undefined {
  try {
    const pem = readFileSync(path, "utf8")
    if (!opens(() => new X509Certificate(pem))) return `${path} holds no certificate in PEM form`
  } catch (error) {
    return unreadable(path, error)
  }
}

/** Whether key and certificate are a pair; what can't be read is another problem. */
function belong({ certFile, keyFile }: Pick<TlsFiles, "certFile" | "keyFile">): boolean {
  if (certFile === undefined || keyFile === undefined) return true
  try {
    const key = createPrivateKey(readFileSync(keyFile))
    return new X509Certificate(readFileSync(certFile)).checkPrivateKey(key)
  } catch {
    return true
  }
}

function opens(open: () => unknown): boolean {
  try {
    open()
    return true
  } catch {
    return false
  }
}
