import type { Route } from "./message.ts"

/**
 * The destinations a message is owed to, each once, in the order the routes name them. A route's
 * type is exact (`ORU^R01`) or the message code alone (`ADT`), which stands for all its events.
 */
export function owed(
  routes: readonly Route[],
  message: { source: string; type: string },
): readonly string[] {
  const [code] = message.type.split("^", 1)
  const wanted = routes.filter(
    ({ from, type }) =>
      from.includes(message.source) &&
      (type === undefined || type.some((one) => one === message.type || one === code)),
  )
  return [...new Set(wanted.flatMap(({ to }) => to))]
}
