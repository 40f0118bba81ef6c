import { readSync } from "node:fs"

/** A file inside an archive: where its bytes lie. */
export interface Member {
  offset: number
  size: number
}

/** The unit of a tar archive (POSIX.1-2001, pax, "ustar Interchange Format"). */
const blockBytes = 512
/** Where the fields of a header lie that we read or write, and their lengths. */
const fields = {
  name: [0, 100],
  mode: [100, 8],
  size: [124, 12],
  checksum: [148, 8],
  type: [156, 1],
  magic: [257, 8],
} as const
/** What eleven octal digits hold: above it the size is written as GNU tar does, in binary. */
const octalMax = 8 ** 11 - 1

/** The header of a file that only its owner may read. */
export function headerOf(name: string, size: number): Buffer {
  const header = Buffer.alloc(blockBytes)
  const put = ([offset]: readonly [number, number], text: string) => header.write(text, offset)
  put(fields.name, name)
  put(fields.mode, "0000600\0")
  if (size <= octalMax) put(fields.size, size.toString(8).padStart(11, "0"))
  else {
    header[fields.size[0]] = 0x80
    header.writeBigUInt64BE(BigInt(size), fields.size[0] + 4)
  }
  put(fields.type, "0")
  put(fields.magic, "ustar\x0000")
  put(fields.checksum, `${sumOf(header).toString(8).padStart(6, "0")}\0 `)
  return header
}

/** The zeros that fill up a file's last block. */
export function paddingOf(size: number): Buffer {
  return Buffer.alloc((blockBytes - (size % blockBytes)) % blockBytes)
}

/** What ends an archive. */
export const ending: Uint8Array = Buffer.alloc(2 * blockBytes)

/** The files in an open archive by name; undefined where it is none, or ends before its end. */
export function membersOf(file: number): Map<string, Member> | undefined {
  const members = new Map<string, Member>()
  const header = Buffer.alloc(blockBytes)
  for (let offset = 0; ; ) {
    if (readSync(file, header, 0, blockBytes, offset) < blockBytes) return undefined
    if (header.every((byte) => byte === 0)) return members
    const text = ([from, length]: readonly [number, number]) =>
      header.toString("latin1", from, from + length).replace(/[\0 ].*$/s, "")
    if (Number.parseInt(text(fields.checksum), 8) !== sumOf(header)) return undefined
    const size =
      header[fields.size[0]] === 0x80
        ? Number(header.readBigUInt64BE(fields.size[0] + 4))
        : Number.parseInt(text(fields.size), 8)
    if (!Number.isSafeInteger(size)) return undefined
    members.set(text(fields.name), { offset: offset + blockBytes, size })
    offset += blockBytes + size + paddingOf(size).length
  }
}

/** The sum of a header's bytes, those of the sum itself taken for spaces. */
function sumOf(header: Buffer): number {
  const [from, length] = fields.checksum
  return header.reduce((sum, byte, index) => {
    return sum + (index >= from && index < from + length ? 0x20 : byte)
  }, 0)
}

const pieceBytes = 256 * 1024

/** Reads a file piece by piece, from `offset` on; ends where it does, or after `size` bytes. */
export function* piecesOf(
  file: number,
  { offset, size }: Member = { offset: 0, size: Number.POSITIVE_INFINITY },
): Generator<Uint8Array> {
  for (let done = 0; done < size; ) {
    const piece = Buffer.alloc(Math.min(pieceBytes, size - done))
    const read = readSync(file, piece, 0, piece.length, offset + done)
    if (read === 0) return
    done += read
    yield piece.subarray(0, read)
  }
}

/** The SHA-256 of a file, or of one in an open archive, in hex. */
export function digestOf(file: number, member?: Member): string {
  const hash = new Bun.CryptoHasher("sha256")
  for (const piece of piecesOf(file, member)) hash.update(piece)
  return hash.digest("hex")
}
