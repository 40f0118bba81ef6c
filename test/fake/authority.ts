import {
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from "node:crypto"

/** A certificate and its key, both PEM. */
export interface Issued {
  cert: string
  key: string
  serial: Uint8Array
}

/** An authority of a test's own: certificates, and the list of those withdrawn (RFC 5280). */
export interface Authority {
  cert: string
  /** A certificate for this name that was good yesterday and ends then; in a year if left out. */
  issue(name: string, endsAt?: number): Issued
  /** One that only a server may show. */
  issueForServers(name: string): Issued
  /** The list of those withdrawn; the next one is due then. */
  revoke(issued: readonly Issued[], nextAt?: number): string
}

const dayMs = 86_400_000
const inAYear = () => Date.now() + 365 * dayMs

/** An authority made on the spot: no key lies in the repository, and no tool is needed. */
export function openAuthority(name = "Test authority"): Authority {
  const own = generateKeyPairSync("ec", { namedCurve: "P-256" })
  const certify = (subject: string, key: KeyObject, endsAt: number, marks: Uint8Array) => {
    const serial = Uint8Array.of(1, ...randomBytes(8))
    const validity = sequence(time(Math.min(Date.now(), endsAt) - dayMs), time(endsAt))
    const spki = createPublicKey(key).export({ type: "spki", format: "der" })
    const body = sequence(
      tagged(0xa0, tagged(0x02, [2])),
      tagged(0x02, serial),
      ecdsaWithSha256,
      nameOf(name),
      validity,
      nameOf(subject),
      spki,
      marks,
    )
    return { cert: pem("CERTIFICATE", signed(body, own.privateKey)), serial }
  }
  const issue = (subject: string, endsAt: number, marks: Uint8Array) => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
    const key = privateKey.export({ type: "pkcs8", format: "pem" }) as string
    return { ...certify(subject, privateKey, endsAt, marks), key }
  }
  return {
    cert: certify(name, own.privateKey, inAYear(), tagged(0xa3, sequence(authorityMark))).cert,
    issue: (subject, endsAt = inAYear()) => issue(subject, endsAt, Buffer.alloc(0)),
    issueForServers: (subject) => issue(subject, inAYear(), tagged(0xa3, sequence(serversMark))),
    revoke(issued, nextAt = Date.now() + 30 * dayMs) {
      const revoked = issued.map(({ serial }) => sequence(tagged(0x02, serial), time(Date.now())))
      const body = sequence(
        tagged(0x02, [1]),
        ecdsaWithSha256,
        nameOf(name),
        time(Math.min(Date.now(), nextAt) - dayMs),
        time(nextAt),
        sequence(...revoked),
      )
      return pem("X509 CRL", signed(body, own.privateKey))
    },
  }
}

/** One element of DER (X.690, 8.1): its tag, its length and what it holds. */
function tagged(tag: number, content: ArrayLike<number>): Uint8Array {
  const { length } = content
  const large = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Uint8Array.from([tag, ...(length < 0x80 ? [length] : large), ...Array.from(content)])
}

function sequence(...parts: Uint8Array[]): Uint8Array {
  return tagged(0x30, Buffer.concat(parts))
}

/** An object identifier, in the bytes it is written with (X.690, 8.19). */
function identifier(...bytes: number[]): Uint8Array {
  return tagged(0x06, bytes)
}

/** 1.2.840.10045.4.3.2 */
const ecdsaWithSha256 = sequence(identifier(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02))

function nameOf(common: string): Uint8Array {
  const text = tagged(0x0c, Buffer.from(common))
  return sequence(tagged(0x31, sequence(identifier(0x55, 4, 3), text)))
}

/** What makes a certificate one of an authority's: basicConstraints, critical, cA true. */
const authorityMark = sequence(
  identifier(0x55, 29, 19),
  tagged(0x01, [0xff]),
  tagged(0x04, sequence(tagged(0x01, [0xff]))),
)

/** What makes a certificate one for servers alone: extKeyUsage, serverAuth. */
const serversMark = sequence(
  identifier(0x55, 29, 37),
  tagged(0x04, sequence(identifier(0x2b, 6, 1, 5, 5, 7, 3, 1))),
)

/** Until 2049 a year has two digits (RFC 5280, 4.1.2.5). */
function time(at: number): Uint8Array {
  const digits = new Date(at).toISOString().replaceAll(/^..|[-:T]|\.\d+/g, "")
  return tagged(0x17, Buffer.from(digits))
}

function signed(body: Uint8Array, key: KeyObject): Uint8Array {
  const signature = sign("sha256", body, key)
  return sequence(body, ecdsaWithSha256, tagged(0x03, [0, ...signature]))
}

function pem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n")
}
