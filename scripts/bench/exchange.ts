import { connect } from "node:net"

const patienceMs = 120_000

/** Sends one frame and resolves with its answer, on a connection of its own. */
export function exchange(port: number, frame: Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ""
    const socket = connect({ host: "127.0.0.1", port, noDelay: true }, () => socket.write(frame))
    socket.setTimeout(patienceMs, () => socket.destroy(new Error("no answer came")))
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1")
      if (answer.endsWith("\x1c\r")) socket.end()
    })
    socket.on("error", reject)
    socket.on("close", () => resolve(answer))
  })
}
