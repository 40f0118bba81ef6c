import { createPrivateKey, X509Certificate } from "node:crypto"
import { readFileSync } from "node:fs"
import { createSecureContext, type SecureContextOptions } from "node:tls"
import * as v from "valibot"
import { unreadable } from "../../unreadable.ts"
import { nextUpdateOf } from "./crl.ts"

const path = v.pipe(
  v.string("must be the path of a file in quotes"),
  v.nonEmpty("must be the path of a file"),
)

/** `[source.lab.tls]`: what the box shows its senders, and what it asks them to show. */
export const tlsConfig = v.pipe(
  v.strictObject({
    /** The box's certificate, PEM, with the intermediate ones behind it. */
    certFile: path,
    /** Its private key, PEM, without a passphrase. */
    keyFile: path,
    /** The authority of the senders' certificates, PEM; given, a sender must show one of these. */
    caFile: v.optional(path),
    /** The certificates which that authority has withdrawn (a CRL), PEM. */
    crlFile: v.optional(path),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed || dataset.issues) return
    for (const { key, says } of problemsOf(readTls(dataset.value))) {
      const at = { type: "object", origin: "value", input: { ...dataset.value } } as const
      addIssue({ message: says, path: [{ ...at, key, value: dataset.value[key] }] })
    }
  }),
)

export type TlsFiles = v.InferOutput<typeof tlsConfig>

/** What stands in each file that was named, or why it can't be read. */
export type Texts = { [key in keyof TlsFiles]: { text: string } | { unreadable: string } }

export interface TlsProblem {
  key: keyof TlsFiles
  /** A sentence for the person who can mend it. */
  says: string
}

/** Reads the files, each as it is found. */
export function readTls(files: TlsFiles): Texts {
  const read = (file: string): { text: string } | { unreadable: string } => {
    try {
      return { text: readFileSync(file, "utf8") }
    } catch (error) {
      return { unreadable: unreadable(file, error) }
    }
  }
  return {
    certFile: read(files.certFile),
    keyFile: read(files.keyFile),
    ...(files.caFile !== undefined && { caFile: read(files.caFile) }),
    ...(files.crlFile !== undefined && { crlFile: read(files.crlFile) }),
  }
}

/** Everything that keeps a listener from using what was read. */
export function problemsOf(texts: Texts): TlsProblem[] {
  const problems: TlsProblem[] = []
  for (const key of ["certFile", "keyFile", "caFile", "crlFile"] as const) {
    const one = texts[key]
    if (!one) continue
    if ("unreadable" in one) problems.push({ key, says: one.unreadable })
    else if (!holds[key].test(one.text)) problems.push({ key, says: holds[key].says })
  }
  if (texts.crlFile && !texts.caFile) {
    problems.push({ key: "crlFile", says: "needs a caFile: it is that authority's list" })
  }
  return problems.length > 0 ? problems : mismatches(texts)
}

/** What `node:tls` is given; throws where `problemsOf` finds any. */
export function tlsOptions(texts: Texts) {
  const ca = textOf(texts.caFile)
  const options = {
    cert: textOf(texts.certFile),
    key: textOf(texts.keyFile),
    ...(ca !== undefined && { ca }),
    ...(texts.crlFile && { crl: textOf(texts.crlFile) }),
    minVersion: "TLSv1.2",
  } satisfies SecureContextOptions
  return { ...options, requestCert: ca !== undefined, rejectUnauthorized: ca !== undefined }
}

/** When what the file holds ends, in milliseconds since 1970; undefined where it never does. */
export function endOf(texts: Texts, key: "certFile" | "caFile" | "crlFile"): number | undefined {
  const pem = textOf(texts[key])
  if (pem === undefined) return undefined
  return key === "crlFile" ? nextUpdateOf(pem) : Date.parse(new X509Certificate(pem).validTo)
}

const holds: Readonly<Record<keyof TlsFiles, { test: (text: string) => boolean; says: string }>> = {
  certFile: { test: isCertificate, says: "holds no certificate in PEM form" },
  keyFile: {
    test: isKey,
    says: "holds no private key in PEM form that opens without a passphrase",
  },
  caFile: { test: isCertificate, says: "holds no certificate in PEM form" },
  crlFile: {
    test: (text) => text.includes("-----BEGIN X509 CRL-----"),
    says: "holds no certificate revocation list (CRL) in PEM form",
  },
}

function isCertificate(text: string): boolean {
  return opens(() => new X509Certificate(text))
}

function isKey(text: string): boolean {
  return opens(() => createPrivateKey(text))
}

function opens(open: () => unknown): boolean {
  try {
    open()
    return true
  } catch {
    return false
  }
}

/** What is wrong with files that are each in order. */
function mismatches(texts: Texts): TlsProblem[] {
  const { cert, key } = tlsOptions(texts)
  if (!new X509Certificate(cert ?? "").checkPrivateKey(createPrivateKey(key ?? ""))) {
    const says = "is not the key of the certificate in certFile: name the two made together"
    return [{ key: "keyFile", says }]
  }
  try {
    createSecureContext(tlsOptions(texts))
    return []
  } catch (error) {
    const says = `can't be used: ${(error as Error).message}`
    return [{ key: texts.crlFile ? "crlFile" : "certFile", says }]
  }
}

function textOf(one: { text: string } | { unreadable: string } | undefined): string | undefined {
  return one && "text" in one ? one.text : undefined
}
