import { openMllpSender } from "./mllp-sender.ts"

/** An acknowledgement as a laboratory machine reads it. */
export interface Answer {
  /** MSA-1. */
  code: string
  /** MSA-2: the message it is about. */
  about: string
  /** ERR-3, where it is negative. */
  error: string | undefined
}

export interface Sender {
  /** Sends one message and waits for its answer; rejects when the connection ends before. */
  send(message: Uint8Array): Promise<Answer>
  close(): void
}

/** A laboratory machine on one MLLP connection: answers come in the order of what was sent. */
export async function openSender(port: number): Promise<Sender> {
  const sender = await openMllpSender(`127.0.0.1:${port}`)
  return {
    async send(message) {
      sender.send(message)
      const answer = await sender.next()
      if (!answer) throw new Error("the connection was closed without an answer")
      const msa = answer.first("MSA")
      const error = answer.first("ERR")?.text(3)
      return { code: msa?.text(1) ?? "", about: msa?.text(2) ?? "", error }
    },
    close: () => sender.socket.destroy(),
  }
}
