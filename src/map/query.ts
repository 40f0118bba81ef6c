import type { Mapped, MessageMap } from "../mapping.ts"

/**
 * Queries, their answers, and acknowledgements (2.5.1, chapters 2 and 5). They are between systems
 * and no news of a patient: what an answer tells stood in somebody's record before. They are kept
 * in the journal as every message is, nothing is sent for them, and the trail says so.
 */
export const query: MessageMap = {
  types: [
    ...["ACK", "MCF"],
    ...["QBP", "QCK", "QCN", "QRY", "QSB", "QSX", "QVR", "RQQ", "SPQ", "VQQ", "EQQ"],
    ...["RSP", "RTB", "RDY", "DSR", "EDR", "ERP", "TBR"],
    ...["NMD", "NMQ", "NMR"],
  ],
  map: ({ type }): Mapped => ({
    bundle: { resourceType: "Bundle", type: "transaction" },
    notes: [`${type} is a query, an answer or an acknowledgement: it is kept, and not mapped`],
    told: [],
  }),
}
