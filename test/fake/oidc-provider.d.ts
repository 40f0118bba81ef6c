/** As much of oidc-provider as the tests use: it comes without types of its own. */
declare module "oidc-provider" {
  import type { IncomingMessage, ServerResponse } from "node:http"

  export default class Provider {
    constructor(issuer: string, configuration: Record<string, unknown>)
    callback(): (request: IncomingMessage, response: ServerResponse) => void
    on(event: string, heard: (...given: unknown[]) => void): this
    ClientCredentials: {
      find(token: string): Promise<{ scope?: string; clientId?: string } | undefined>
    }
  }
}
