import type { Disk } from "./disk/database.ts"

/** What the box itself keeps: its epoch and named values. Every write is durable. */
export function openBox(disk: Disk) {
  const { database } = disk
  const read = database.query<{ value: string }, [string]>("SELECT value FROM box WHERE name = ?")
  const write = database.query<unknown, [string, string]>(
    "INSERT OR REPLACE INTO box VALUES (?, ?)",
  )
  const recall = (name: string) => read.get(name)?.value
  const remember = (name: string, value: string) => void disk.durably(() => write.run(name, value))
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
