import type { Config } from "./config.ts"
import type { Cause } from "./message.ts"

/**
 * What of the configuration and of the program may hold a delivery to a destination, each as a
 * digest: where it is another one than it was then, it may be worth while to send it again.
 */
export function openBasis(
  { site, source, destination }: Pick<Config, "site" | "source" | "destination">,
  program: string,
): (name: string, cause: Cause) => string {
  const map = digestOf([program, site, source])
  const preflight = digestOf([program])
  const bases = Object.fromEntries(
    Object.entries(destination).map(([name, settings]) => [name, digestOf(settings)]),
  )
  return (name, cause) => {
    switch (cause) {
      case "map":
      case "code":
        return map
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
