import { STATUS_CODES } from "node:http"
import type { Context } from "hono"
import type { ContentfulStatusCode } from "hono/utils/http-status"

/**
 * What is wrong with a request, as RFC 9457 has it; `detail` says what to do, and never quotes what
 * was sent but for names of the configuration.
 */
export function problem(
  c: Context,
  status: ContentfulStatusCode,
  detail: string,
  headers: Record<string, string> = {},
): Response {
  const body = JSON.stringify({ title: STATUS_CODES[status], status, detail })
  return c.body(body, status, { "content-type": "application/problem+json", ...headers })
}
