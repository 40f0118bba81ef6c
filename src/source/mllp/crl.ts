/** Tags of DER (X.690, 8): the two ways to write a time. */
const utcTime = 0x17
const generalizedTime = 0x18

/**
 * When the next list is due, in milliseconds since 1970: the second time in a list of withdrawn
 * certificates (nextUpdate, RFC 5280, 5.1.2.5). Undefined where it says nothing, or is no list.
 *
 * @param pem the list as its file holds it
 */
export function nextUpdateOf(pem: string): number | undefined {
  const der = Buffer.from(pem.replaceAll(/-----[^-]*-----|\s/g, ""), "base64")
  const list = elementAt(der, 0)
  const body = elementAt(der, list.from)
  const times: string[] = []
  for (let at = body.from; at < body.to; ) {
    const { tag, from, to } = elementAt(der, at)
    if (tag === utcTime) times.push(withCentury(der.toString("latin1", from, to)))
    if (tag === generalizedTime) times.push(der.toString("latin1", from, to))
    at = to
  }
  const digits = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
  const at = Date.parse((times[1] ?? "").replace(digits, "$1-$2-$3T$4:$5:$6Z"))
  return Number.isNaN(at) ? undefined : at
}

/** One element: where what it holds begins and ends. It always ends behind where it began. */
function elementAt(der: Uint8Array, at: number): { tag: number; from: number; to: number } {
  const [tag = 0, first = 0] = [der[at], der[at + 1]]
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  const from = at + 2 + lengthBytes
  const length = der.subarray(at + 2, from).reduce((sum, byte) => sum * 256 + byte, 0)
  return { tag, from, to: from + (first < 0x80 ? first : length) }
}

/** Two digits of a year stand for 1950 to 2049 (RFC 5280, 4.1.2.5.1). */
function withCentury(time: string): string {
  return `${Number(time.slice(0, 2)) < 50 ? "20" : "19"}${time}`
}
