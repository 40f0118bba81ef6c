import type { Device } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { own, type Reading } from "../reading.ts"
import { dateTime } from "../type/dtm.ts"

/**
 * An SFT (2.5.1, 2.15.12) as a Device: a program that the message was made with, known by its
 * sender, its vendor, its name, its version and its build, so that an update of it is another one.
 * Undefined where none of these is told.
 */
export function software(sft: Segment, reading: Reading): Device | undefined {
  const manufacturer = sft.component(1) ?? sft.text(1, 10)
  const [version, name, build] = [sft.text(2), sft.text(3), sft.text(4)]
  const told = [manufacturer, version, name, build].map((text) => text ?? "")
  if (told.every((text) => text === "")) return undefined
  const information = sft.text(5)
  return {
    resourceType: "Device",
    identifier: [own(reading, "Device", "software", reading.sender, ...told)],
    manufacturer,
    modelNumber: build,
    deviceName: name === undefined ? undefined : [{ name, type: "manufacturer-name" }],
    type: { coding: [isSoftware] },
    version:
      version === undefined ? undefined : [{ extension: installed(sft, reading), value: version }],
    note: information === undefined ? undefined : [{ text: information }],
  }
}

function installed(sft: Segment, reading: Reading) {
  const valueDateTime = dateTime(sft.text(6), "SFT-6", reading)
  return valueDateTime === undefined ? [] : [{ url: installDate, valueDateTime }]
}

/** The guide leaves the code open. */
const isSoftware = { system: "http://snomed.info/sct", code: "706687001", display: "Software" }
/** R5's Device.version.installDate. */
const installDate =
  "http://hl7.org/fhir/5.0/StructureDefinition/extension-Device.version.installDate"
