import { expect, test } from "bun:test"
import { mkdirSync } from "node:fs"
import { join, resolve } from "node:path"
import { oru, temporaryFolder } from "./build.ts"
import { openSender } from "./fake/sender.ts"

const root = resolve(import.meta.dir, "..")

test("the program in the README carries the gateway, as it stands there", async () => {
  const readme = await Bun.file(join(root, "README.md")).text()
  const [, program = ""] = /```ts\n(.+?)```/s.exec(readme) ?? []
  expect(program.split("\n").length).toBeLessThan(40)
  // Inside the package, whose own name it imports.
  mkdirSync(join(root, "dist"), { recursive: true })
  const file = join(root, "dist", "readme-example.ts")
  await Bun.write(file, program)
  const { stdout } = Bun.spawnSync([process.execPath, "check", file], { cwd: root })
  expect(stdout.toString()).toBe("")
  const child = Bun.spawn([process.execPath, file], {
    cwd: temporaryFolder(),
    stdio: ["ignore", "pipe", "inherit"],
  })
  const lines = linesOf(child.stdout)
  const { value: address = "" } = await lines.next()
  expect(address).toMatch(/^send to mllp 127\.0\.0\.1:\d+$/)
  const sender = await openSender(Number(address.split(":").at(-1)))
  expect((await sender.send(oru())).code).toBe("AA")
  const { value: printed = "" } = await lines.next()
  expect(printed.split(" ").sort()).toEqual([
    "DiagnosticReport",
    "Observation",
    "Patient",
    "Provenance",
  ])
  sender.close()
  child.kill("SIGTERM")
  expect(await child.exited).toBe(0)
})

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = ""
  const decoder = new TextDecoder()
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n")
    rest = lines.pop() ?? ""
    yield* lines
  }
}
