/** Against a real authorization server: what we ask for must be what others understand. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { temporaryFolder } from "../../build.ts"
import { waystation } from "../../cli/waystation.ts"
import { openAuthorizationServer } from "../../fake/authorization-server.ts"
import { type Central, openCentral } from "../../fake/central.ts"
import { openReached, secretFile } from "./access.ts"

let central: Central

beforeEach(async () => {
  central = await openCentral()
})

afterEach(() => central.close())

const scope = "system/*.cruds"
const shown = () => central.requests.at(-1)?.headers.get("authorization") ?? ""

describe.each([
  ["basic", "client_secret_basic"],
  ["post", "client_secret_post"],
] as const)("client credentials by %s", (clientAuth, method) => {
  // Characters that a form or a header would take for its own.
  const [clientId, secret] = ["kisumu:01 +", "s%e&c=r+e:t %2B"]

  test("gives a token of the scope asked for, whatever the secret is made of", async () => {
    await using server = await openAuthorizationServer([
      { client_id: clientId, client_secret: secret, token_endpoint_auth_method: method },
    ])
    const clientSecretFile = secretFile(`${secret}\n`)
    const { tokenUrl } = server
    using opened = openReached({
      url: central.url,
      auth: { kind: "client-credentials", tokenUrl, clientId, clientSecretFile, clientAuth, scope },
    })
    expect(await opened.send()).toMatchObject({ outcome: "delivered" })
    expect(await server.grantOf(shown())).toMatchObject({ clientId, scope })
  })

  test("a wrong secret is a pause that says what to do; mended, it needs no restart", async () => {
    await using server = await openAuthorizationServer([
      { client_id: clientId, client_secret: secret, token_endpoint_auth_method: method },
    ])
    const clientSecretFile = secretFile("wrong-secret")
    const { tokenUrl } = server
    using opened = openReached({
      url: central.url,
      auth: { kind: "client-credentials", tokenUrl, clientId, clientSecretFile, clientAuth },
    })
    const outcome = await opened.send()
    expect(JSON.stringify([outcome, opened.logged])).not.toContain("wrong-secret")
    expect(outcome).toMatchObject({
      outcome: "pause",
      reason:
        `${tokenUrl}: answered 401 invalid_client: is clientId known there, and its secret ` +
        `the one in ${clientSecretFile}?`,
    })
    expect(central.requests).toEqual([])
    secretFile(secret, clientSecretFile)
    expect(await opened.send()).toMatchObject({ outcome: "delivered" })
  })

  test("a scope that was not granted is a pause that names the scope", async () => {
    await using server = await openAuthorizationServer([
      { client_id: clientId, client_secret: secret, token_endpoint_auth_method: method, scope },
    ])
    const { tokenUrl } = server
    using opened = openReached({
      url: central.url,
      auth: {
        kind: "client-credentials",
        ...{ tokenUrl, clientId, clientAuth, scope: "openid" },
        clientSecretFile: secretFile(secret),
      },
    })
    expect(await opened.send()).toMatchObject({
      outcome: "pause",
      reason: `${tokenUrl}: answered 400 invalid_scope: is scope one that this client was granted?`,
    })
  })
})

describe.each(["RS384", "ES384"])("SMART Backend Services with a key of %s", (alg) => {
  test("is let in with the key that waystation key printed, and with no other", async () => {
    const out = temporaryFolder()
    const { stdout } = await waystation(["key", "--alg", alg, "--out", out])
    await using server = await openAuthorizationServer([
      {
        client_id: "kisumu-01",
        token_endpoint_auth_method: "private_key_jwt",
        token_endpoint_auth_signing_alg: alg,
        jwks: { keys: [JSON.parse(stdout)] },
      },
    ])
    const keyFile = join(out, "private-key.pem")
    const { tokenUrl } = server
    const auth = { kind: "smart-backend", clientId: "kisumu-01", keyFile, scope, tokenUrl } as const
    using opened = openReached({ url: central.url, auth })
    expect(await opened.send()).toMatchObject({ outcome: "delivered" })
    expect(await server.grantOf(shown())).toMatchObject({ clientId: "kisumu-01", scope })

    const other = temporaryFolder()
    await waystation(["key", "--alg", alg, "--out", other])
    const wrong = join(other, "private-key.pem")
    using stranger = openReached({ url: central.url, auth: { ...auth, keyFile: wrong } })
    const outcome = await stranger.send()
    expect(JSON.stringify(outcome)).not.toContain("eyJ")
    expect(outcome).toMatchObject({
      outcome: "pause",
      reason: expect.stringContaining(`with the public key that belongs to ${wrong}?`),
    })
    secretFile(readFileSync(keyFile, "utf8"), wrong)
    expect(await stranger.send()).toMatchObject({ outcome: "delivered" })
  })
})
