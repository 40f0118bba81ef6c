import type { Handed, Receive, Verdict } from "../../src/message.ts"

/** What stands behind a source: keeps what it is handed, and answers as a test decides. */
export interface Core {
  receive: Receive
  handed: Handed[]
  /** Resolves once so many messages were handed in, all told. */
  counted(count: number): Promise<void>
  /** From here on: at once, by what was read; or only when the test calls `decide`. */
  decides: "at once" | "when told"
  /** Answers the message that waits with this control id; by what was read where not told. */
  decide(controlId: string, verdict?: Verdict): void
}

export function openCore(): Core {
  const handed: Handed[] = []
  const open = new Map<string, (verdict: Verdict) => void>()
  const counting: { count: number; resolve: () => void }[] = []

  const core: Core = {
    handed,
    decides: "at once",
    receive(message) {
      handed.push(message)
      for (const { count, resolve } of counting) if (handed.length >= count) resolve()
      if (core.decides === "at once") return Promise.resolve(verdictOf(message, handed.length))
      return new Promise((resolve) => open.set(idOf(message), resolve))
    },
    counted: (count) =>
      new Promise((resolve) => {
        if (handed.length >= count) resolve()
        else counting.push({ count, resolve })
      }),
    decide(controlId, verdict) {
      const resolve = open.get(controlId)
      const at = handed.findIndex((one) => idOf(one) === controlId)
      const message = handed[at]
      if (!resolve || !message) throw new Error(`no message ${controlId} waits`)
      open.delete(controlId)
      resolve(verdict ?? verdictOf(message, at + 1))
    },
  }
  return core
}

function verdictOf({ read }: Handed, id: number): Verdict {
  return "head" in read ? { verdict: "stored", id } : { verdict: "malformed", ...read }
}

function idOf({ read }: Handed): string {
  return "head" in read ? read.head.controlId : ""
}
