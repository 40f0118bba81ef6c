import type { Config } from "./config.ts"
import type { Cause } from "./message.ts"

type Parts = Pick<Config, "site" | "source" | "codeMap" | "destination">

/**
 * What of the configuration and of the program may hold a delivery to a destination, each as a
 * digest: where it is another one than it was then, it may be worth while to send it again.
 */
export function openBasis(
  { site, source, codeMap, destination }: Parts,
  program: string,
): (name: string, cause: Cause) => string {
  const map = digestOf([program, site, source])
  const code = digestOf([program, codeMap])
  const preflight = digestOf([program])
  const bases = Object.fromEntries(
    Object.entries(destination).map(([name, settings]) => [name, digestOf(settings)]),
  )
  return (name, cause) => {
    switch (cause) {
      case "map":
        return map
      case "code":
        return code
      case "preflight":
        return preflight
      case "destination":
        return bases[name] ?? ""
    }
  }
}

function digestOf(part: unknown): string {
  return new Bun.CryptoHasher("sha256").update(JSON.stringify(part)).digest("hex").slice(0, 16)
}
