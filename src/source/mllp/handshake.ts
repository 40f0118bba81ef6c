import type { Socket } from "node:net"
import { TLSSocket } from "node:tls"
import { plainAddress } from "../allow.ts"

/** How long a peer may take to agree on a key: seconds over a satellite, never this long. */
export const handshakeTimeoutMs = 15_000

/**
 * Who is at the other end, for people: `10.0.0.5:40123`, and before it the name in the
 * certificate, where one was asked for and holds: `analyzer-7 10.0.0.5:40123`.
 */
export function peerOf(socket: Socket): string {
  const address = `${plainAddress(socket.remoteAddress)}:${socket.remotePort}`
  const name = socket instanceof TLSSocket && socket.authorized ? nameOf(socket) : undefined
  return name === undefined ? address : `${name} ${address}`
}

/** The common name, else the first alternative one (RFC 5280, 4.2.1.6), without its kind. */
function nameOf(socket: TLSSocket): string | undefined {
  const { subject, subjectaltname } = socket.getPeerCertificate()
  const [common] = [subject?.CN ?? []].flat()
  const name = common ?? subjectaltname?.split(", ")[0]?.replace(/^[^:]*:/, "")
  return name?.replaceAll(/\p{Cc}/gu, "").slice(0, 128) || undefined
}

/** Why a handshake failed, in words where they are known: these are what a field sees. */
export function handshakeProblem({ code = "", message }: NodeJS.ErrnoException): string {
  const known: Readonly<Record<string, string>> = {
    ERR_TLS_HANDSHAKE_TIMEOUT: `it did not end within ${handshakeTimeoutMs / 1000} s`,
    ECONNRESET: "it hung up",
    ERR_SSL_WRONG_VERSION_NUMBER: "it speaks no TLS",
    ERR_SSL_UNSUPPORTED_PROTOCOL: "it speaks no TLS 1.2",
    ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: "it showed no certificate",
    CERT_REVOKED: "its certificate is revoked by crlFile",
    CRL_HAS_EXPIRED: "crlFile is past its own end and lets nobody in: renew it",
    CERT_HAS_EXPIRED: "its certificate has expired",
    INVALID_PURPOSE: "its certificate is for servers: it needs one for clients (clientAuth)",
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate is not from caFile",
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is not from caFile",
    DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is not from caFile",
  }
  return `TLS handshake: ${known[code] ?? (code || message)}`
}
