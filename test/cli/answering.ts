import { afterEach } from "bun:test"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { temporaryFolder } from "../build.ts"
import { type Run, waystation } from "./waystation.ts"

/** Opens addresses that are closed after each test of the file that asks for this. */
export function addressesOfThisFile() {
  const servers: Bun.Server<unknown>[] = []
  const closeAll = async () => {
    for (const server of servers.splice(0)) await server.stop(true)
  }
  afterEach(closeAll)
  return {
    closeAll,
    /** An address that answers so. */
    answering(answer: (request: Request) => Response | Promise<Response>): string {
      const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: answer })
      servers.push(server)
      return `http://127.0.0.1:${server.port}`
    },
  }
}

/** `waystation …` asking the gateway at `url`, with this token or with none. */
export function asking(
  url: string,
  args: readonly string[],
  { token = "t0ken", env = {} }: { token?: string; env?: Record<string, string> } = {},
): Promise<Run> {
  const cwd = temporaryFolder()
  const file = join(cwd, "the-token")
  if (token !== "") writeFileSync(file, `${token}\n`)
  return waystation([...args, "--url", url, "--token-file", file], { cwd, env })
}
