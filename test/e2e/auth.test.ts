import { expect, test } from "bun:test"
import { chmodSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { oru, temporaryFolder } from "../build.ts"
import { openAuthorizationServer, type RegisteredClient } from "../fake/authorization-server.ts"
import { openCentral } from "../fake/central.ts"
import { openSender } from "../fake/sender.ts"
import { binary, configuration, start } from "./binary.ts"

/** The public key that the binary prints, its private half in `folder`. */
async function printedKey(folder: string, alg: string): Promise<unknown> {
  const child = Bun.spawn([binary(), "key", "--alg", alg, "--out", folder])
  expect(await child.exited).toBe(0)
  return child.stdout.json()
}

test.each(["ES384", "RS384"])(
  "results taken in while the token endpoint is away arrive, on one token signed for by %s",
  async (alg) => {
    const folder = temporaryFolder()
    const clients: RegisteredClient[] = [
      {
        client_id: "kisumu-01",
        token_endpoint_auth_method: "private_key_jwt",
        token_endpoint_auth_signing_alg: alg,
        jwks: { keys: [await printedKey(folder, alg)] },
      },
    ]
    const away = await openAuthorizationServer(clients)
    await away[Symbol.asyncDispose]()
    const central = await openCentral()
    const more = `
[destination.central.auth]
kind = "smart-backend"
clientId = "kisumu-01"
keyFile = "private-key.pem"
scope = "system/*.cruds"
tokenUrl = "${away.tokenUrl}"
`
    const gateway = await start(folder, { config: configuration(central.url, more) })
    const sender = await openSender(gateway.port)
    for (let patient = 1; patient <= 8; patient++) {
      const message = oru({ controlId: `C${patient}`, patient: `P-${patient}` })
      expect((await sender.send(message)).code).toBe("AA")
    }
    sender.close()
    const { destinations } = await gateway.until(
      (status) => status.destinations.central?.state === "down",
    )
    expect(destinations.central).toMatchObject({ pending: 8, held: 0 })
    expect(destinations.central?.reason).toStartWith(`${away.tokenUrl}: connection refused`)

    await using server = await openAuthorizationServer(clients, Number(new URL(away.tokenUrl).port))
    await gateway.until((status) => status.destinations.central?.delivered === 8)
    expect(central.count("DiagnosticReport")).toBe(8)
    const shown = new Set(central.requests.map(({ headers }) => headers.get("authorization")))
    expect(shown.size).toBe(1)
    const [token = ""] = shown
    expect(await server.grantOf(token)).toMatchObject({ clientId: "kisumu-01" })
    // Neither the token nor a part of the key has a place in the log.
    const logged = JSON.stringify(gateway.events)
    expect(logged).not.toContain(token?.replace("Bearer ", ""))
    expect(logged).not.toContain("eyJ")
    expect(await gateway.stop()).toBe(0)
    await central.close()
  },
)

test("a secret that others may read keeps it from starting, and check says why", async () => {
  const folder = temporaryFolder()
  const more = '[destination.central.auth]\nkind = "bearer"\ntokenFile = "token"\n'
  writeFileSync(join(folder, "token"), "abc")
  chmodSync(join(folder, "token"), 0o644)
  const config = configuration("https://central.example/fhir", more)
  await expect(start(folder, { config })).rejects.toThrow("token can be read by everybody")
  const child = Bun.spawn([binary(), "check", "--config", "waystation.toml"], {
    cwd: folder,
    stderr: "pipe",
  })
  expect(await child.exited).toBe(1)
  const token = join(folder, "token")
  expect(await child.stderr.text()).toBe(
    `destination.central.auth.tokenFile: ${token} can be read by everybody: chmod o-rwx ${token}\n`,
  )
})
