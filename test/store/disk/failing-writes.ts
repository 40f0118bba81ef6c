/** Run by a test on a disk whose fsyncs fail by and by: stores messages until one is refused. */
import { openStore } from "../../../src/store/index.ts"
import { temporaryFolder } from "../../build.ts"

const store = await openStore(temporaryFolder())
const about = { source: "lab", peer: "", receivedAt: 1, type: "ORU^R01", subjects: [] }
let answer = "stored"
for (let sent = 0; answer === "stored"; sent++) {
  const message = { ...about, controlId: `N${sent}`, bytes: Buffer.from(`N${sent}`) }
  answer = await store.append(message).then(
    () => "stored",
    (error: Error) => `refused: ${error.message}`,
  )
  console.log(answer)
}
