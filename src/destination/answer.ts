import { beginning } from "./explanation.ts"

/** An answer as far as it is read. */
export interface Answer {
  status: number
  headers: Headers
  /** The body, from its beginning. */
  text: string
  /** The body was longer than is read. */
  cut: boolean
}

const mebibyte = 1024 ** 2

/**
 * Reads an answer within bounds: 64 MiB of a 2xx, whose every entry counts, and 1 MiB of
 * anything else, of which a line is shown. A proxy's error page can be endless.
 */
export async function readAnswer(response: Response): Promise<Answer> {
  const bytesMax = response.ok ? 64 * mebibyte : mebibyte
  const { status, headers } = response
  if (isWithin(bytesMax, headers)) {
    return { status, headers, text: await response.text(), cut: false }
  }
  const decoder = new TextDecoder()
  let text = ""
  let bytes = 0
  let cut = false
  // Leaving the loop cancels the stream, and with it the connection.
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > bytesMax) {
      cut = true
      break
    }
    text += decoder.decode(chunk, { stream: true })
  }
  return { status, headers, text: text + decoder.decode(), cut }
}

/**
 * Whether the answer says how long it is, so that it may be read whole: a stream of it costs 10 µs
 * more. What is said of a packed or a chunked one (RFC 9112, 6.3) is not how long it gets.
 */
function isWithin(bytesMax: number, headers: Headers): boolean {
  const length = headers.get("content-length")
  const counts = !headers.has("content-encoding") && !headers.has("transfer-encoding")
  return length !== null && counts && Number(length) <= bytesMax
}

/** What a server calls the request by, to ask its people about it. */
export function proofOf(headers: Headers): Record<string, string> {
  const requestId = headers.get("x-request-id")
  const transactionId = headers.get("x-openhim-transactionid")
  return {
    ...(requestId && { requestId: beginning(requestId) }),
    ...(transactionId && { openhimTransactionId: beginning(transactionId) }),
  }
}
