import { expect, test } from "bun:test"
import { join } from "node:path"
import { oru, temporaryFolder } from "../build.ts"
import { openCentral } from "../fake/central.ts"
import { openSender } from "../fake/sender.ts"
import { binary, configuration, start } from "./binary.ts"

/** Runs the built binary to its end. */
async function run(...args: string[]): Promise<{ code: number; stdout: string }> {
  const child = Bun.spawn([binary(), ...args], { stdout: "pipe", stderr: "inherit" })
  const [stdout, code] = await Promise.all([child.stdout.text(), child.exited])
  return { code, stdout }
}

test("the binary backs a running box up, says that it is whole, and restores it", async () => {
  const central = await openCentral()
  const folder = temporaryFolder()
  const gateway = await start(folder, { config: configuration(central.url) })
  const sender = await openSender(gateway.port)
  expect((await sender.send(oru())).code).toBe("AA")
  sender.close()
  const out = join(temporaryFolder(), "backup.tar")
  const token = join(temporaryFolder(), "token")
  await Bun.write(token, gateway.headers.authorization.replace("Bearer ", ""))
  const made = ["--out", out, "--url", gateway.admin, "--token-file", token]
  expect(await run("backup", ...made)).toMatchObject({ code: 0 })
  expect(await run("verify", out)).toMatchObject({ code: 0 })
  const data = join(temporaryFolder(), "data")
  expect(await run("restore", "--from", out, "--data", data)).toMatchObject({ code: 0 })
  const { code, stdout } = await run("verify", data)
  expect([code, stdout]).toEqual([0, expect.stringContaining("1 messages")])
  expect(await gateway.stop()).toBe(0)
  await central.close()
})
