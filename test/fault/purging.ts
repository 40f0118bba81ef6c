/** `bun purging.ts FOLDER`: purges a store, chunk by chunk, until it is killed or all is done. */
import { openStore } from "../../src/store/index.ts"
import { day, retention, start } from "../store/aged.ts"

const [folder = ""] = process.argv.slice(2)
const store = await openStore(folder)
console.log("purging")
const { purge, giveBack } = store.housekeeping
for (let more = true; more; await Bun.sleep(1)) {
  more = (await purge(retention, start + 40 * day)).more
  if (await giveBack()) more = true
}
await store.close()
