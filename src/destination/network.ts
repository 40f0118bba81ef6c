/**
 * Runs `work` under a signal that the limit or any of `signals` aborts. One timer and one
 * listener each, taken away again: AbortSignal.timeout would keep 30,000 timers alive at 1,000
 * transactions a second and a timeout of 30 s.
 */
export async function within<T>(
  limitMs: number,
  signals: readonly AbortSignal[],
  work: (limit: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController()
  const timer = setTimeout(() => {
    const seconds = limitMs < 1000 ? limitMs / 1000 : Math.round(limitMs / 1000)
    limit.abort(new Error(`no whole answer within ${seconds} s`))
  }, limitMs)
  const stop = (event: Event) => limit.abort((event.target as AbortSignal).reason)
  for (const signal of signals) {
    if (signal.aborted) limit.abort(signal.reason)
    signal.addEventListener("abort", stop)
  }
  try {
    return await work(limit.signal)
  } finally {
    clearTimeout(timer)
    for (const signal of signals) signal.removeEventListener("abort", stop)
  }
}

/**
 * How long the whole answer to a request may take, in ms: `timeoutMs`, and beyond what is there in
 * no time 1 s for each KiB of its body, which is what one of eight has of a line of 64 kbit/s. By
 * the timeout alone a report with a scan of a megabyte would be begun again and again for ever.
 */
export function patienceMs(timeoutMs: number, bytes: number): number {
  return timeoutMs + Math.max(0, bytes - 16_384) * (1000 / 1024)
}

/** What went wrong below HTTP, in words where the code is one that people meet. */
export function networkReason(base: string, error: unknown): string {
  const { code, message } = error as { code?: string; message?: string }
  const words = (code && said[code]) || message || String(error)
  return `${base}: ${words}`
}

const byCaFile = "; name the one that signed it as tls.caFile"

const said: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused; is the server running, and the port right?",
  ECONNRESET: "the connection was cut before the answer was whole",
  ENOTFOUND: "the name can't be resolved; is it right, and the network up?",
  EAI_AGAIN: "the name can't be resolved just now; is the network up?",
  ENETUNREACH: "there is no way to it; is the network up?",
  EHOSTUNREACH: "there is no way to it; is the network up, and the server?",
  ERR_SSL_WRONG_VERSION_NUMBER: "what answers there speaks no TLS",
  ERR_SSL_TLSV1_ALERT_CERTIFICATE_REQUIRED: "it asks for a certificate: name certFile and keyFile",
  DEPTH_ZERO_SELF_SIGNED_CERT: `its certificate is signed by nobody but itself${byCaFile}`,
  SELF_SIGNED_CERT_IN_CHAIN: `its certificate is of an authority that is not known${byCaFile}`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: `its certificate's authority is not known${byCaFile}`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: `its certificate's authority is not known${byCaFile}`,
  CERT_HAS_EXPIRED: "its certificate has expired; or is this box's clock wrong?",
  CERT_NOT_YET_VALID: "its certificate is not valid yet; is this box's clock right?",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name; is the address right?",
  Malformed_HTTP_Response: "what answers there is no web server; is the port right?",
  EPROTO: "no TLS could be agreed on; is it http://, or does it ask for a tls.certFile?",
}
