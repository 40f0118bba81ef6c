import type { Unmapped } from "../../mapping.ts"
import type { Disk } from "../disk/database.ts"

/** A code that no code map has, and how it was met. */
export interface Met extends Unmapped {
  /** How many deliveries went out with it as it is, or were held for it. */
  count: number
  /** Milliseconds since 1970. */
  firstAt: number
  lastAt: number
  /** The last message it was met in. */
  messageId: number
}

/** So many codes are listed; a sender that makes up a code a message must not fill the disk. */
const codesMax = 10_000
/** A code map's codes are short; what is longer was never one. */
const textMax = 200

/** Where a code was met. */
export interface Place {
  messageId: number
  at: number
}

/** The list of codes to be mapped, which people work down. */
export function openUnmapped(disk: Disk) {
  const { database } = disk
  const listed = database.query<{ codes: number }, []>(
    "SELECT count(*) AS codes FROM unmapped_code",
  )
  const again = database.query<unknown, [string, string, number, number, ...Key]>(
    `UPDATE unmapped_code SET code_map = ?, display = ?, deliveries = deliveries + 1, last_at = ?,
     message_id = ? WHERE source = ? AND field = ? AND system = ? AND code = ?`,
  )
  const first = database.query<unknown, [...Key, string, string, number, number, number]>(
    "INSERT INTO unmapped_code VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?)",
  )
  const all = database.query<Met, []>(
    `SELECT source, field, system, code, code_map AS codeMap, display, deliveries AS count,
     first_at AS firstAt, last_at AS lastAt, message_id AS messageId
     FROM unmapped_code ORDER BY deliveries DESC, source, field, system, code`,
  )
  const gone = database.query<unknown, Key>(
    "DELETE FROM unmapped_code WHERE source = ? AND field = ? AND system = ? AND code = ?",
  )
  // Counted once: a new code a message would else count them all each time. One that was rolled
  // back is counted too, which only ends the list a little early.
  let codes = listed.get()?.codes ?? 0
  return {
    /** Notes codes that were met in one message, within the commit that settles its delivery. */
    note(unmapped: readonly Unmapped[], { messageId, at }: Place): void {
      for (const { codeMap, source, field, ...said } of unmapped) {
        const key: Key = [source, field, short(said.system), short(said.code)]
        const display = short(said.display)
        if (again.run(codeMap, display, at, messageId, ...key).changes > 0) continue
        if (codes >= codesMax) continue
        first.run(...key, codeMap, display, at, at, messageId)
        codes++
      }
    },
    /** Those met most often first. */
    list: (): Met[] => all.all(),
    /** Takes those off the list that are no longer unmapped. */
    strike(isUnmapped: (met: Met) => boolean): void {
      const mapped = all.all().filter((met) => !isUnmapped(met))
      if (mapped.length === 0) return
      disk.durably(() => {
        for (const { source, field, system, code } of mapped) gone.run(source, field, system, code)
      })
      codes -= mapped.length
    },
  }
}

type Key = [source: string, field: string, system: string, code: string]

function short(text: string): string {
  return text.length > textMax ? `${text.slice(0, textMax - 1)}…` : text
}
