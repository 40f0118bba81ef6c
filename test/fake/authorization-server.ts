import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import Provider from "oidc-provider"

/** A real authorization server (oidc-provider) for clients that ask for themselves. */
export interface AuthorizationServer extends AsyncDisposable {
  readonly tokenUrl: string
  /** The scope and the client that a token was given for; undefined where it was not given here. */
  grantOf(authorization: string | null): Promise<{ scope?: string; clientId?: string } | undefined>
}

/** What is registered of a client (RFC 7591); the rest is filled in. */
export interface RegisteredClient {
  client_id: string
  token_endpoint_auth_method: "client_secret_basic" | "client_secret_post" | "private_key_jwt"
  client_secret?: string
  scope?: string
  token_endpoint_auth_signing_alg?: string
  jwks?: { keys: unknown[] }
}

/** Opens one that knows these clients, on this port of the loopback address or on any free one. */
export async function openAuthorizationServer(
  clients: readonly RegisteredClient[],
  at = 0,
): Promise<AuthorizationServer> {
  let handle: ReturnType<Provider["callback"]> | undefined
  const server = createServer((request, response) => handle?.(request, response))
  await new Promise<void>((resolve) => server.listen(at, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  const issuer = `http://127.0.0.1:${port}`
  const provider = new Provider(issuer, {
    clients: clients.map((client) => ({
      ...client,
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
    })),
    scopes: ["system/*.cruds", "openid"],
    ttl: { ClientCredentials: 600 },
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
    enabledJWA: { clientAuthSigningAlgValues: ["RS384", "ES384"] },
    clientAuthMethods: ["client_secret_basic", "client_secret_post", "private_key_jwt"],
    assertJwtClientAuthClaimsAndHeader: (_context: unknown, claims: Claims) => {
      // SMART, Backend Services: five minutes at most.
      if (claims.exp - Date.now() / 1000 > 300) throw new Error("exp is too far ahead")
    },
  })
  handle = provider.callback()
  return {
    tokenUrl: `${issuer}/token`,
    grantOf: async (authorization) =>
      provider.ClientCredentials.find((authorization ?? "").replace("Bearer ", "")),
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Claims {
  exp: number
}
