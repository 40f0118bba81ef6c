import type { Database } from "bun:sqlite"

/** What the box itself keeps: its epoch and named values. Every write is durable. */
export function openBox(intake: Database) {
  const read = intake.query<{ value: string }, [string]>("SELECT value FROM box WHERE name = ?")
  const write = intake.query<unknown, [string, string]>("INSERT OR REPLACE INTO box VALUES (?, ?)")
  const recall = (name: string) => read.get(name)?.value
  const remember = (name: string, value: string) => void write.run(name, value)
  return {
    recall,
    remember,
    epoch(): string {
      const epoch = recall("epoch") ?? crypto.randomUUID()
      if (recall("epoch") === undefined) remember("epoch", epoch)
      return epoch
    },
  }
}
