import { describe, expect, test } from "bun:test"
import { codeMapCsv, readCsv, unmappedCsv } from "../../../src/map/codes/csv.ts"
import type { CodeRow } from "../../../src/map/codes/row.ts"

const read = (text: string) => readCsv(Buffer.from(text))
const problemsOf = (text: string) => read(text).problems

const header = "source,field,system,code,display,targetSystem,targetCode,targetDisplay"
const glucose: CodeRow = {
  ...{ source: "lab", field: "OBX-3", system: "L", code: "GLU", display: "Glucose" },
  ...{ targetSystem: "http://loinc.org", targetCode: "2345-7", targetDisplay: "Glucose, serum" },
}
const line = 'lab,OBX-3,L,GLU,Glucose,LN,2345-7,"Glucose, serum"'

describe("a code map in a spreadsheet", () => {
  test.each([
    ["as a program writes it", `${header}\n${line}\n`],
    ["with a byte order mark and Windows' line ends", `\ufeff${header}\r\n${line}\r\n`],
    ["with the line ends of old Macs", `${header}\r${line}\r`],
    ["without a line end at its end", `${header}\n${line}`],
    ["with the system's URI", `${header}\n${line.replace("LN", "http://loinc.org")}`],
    ["with empty lines and lines of nothing but separators", `${header}\n\n${line}\n,,,,,,,\n`],
    ["with spaces about", `${header.replaceAll(",", " , ")}\n ${line.replace("GLU", " GLU ")}`],
    ["with a header in capitals", `${header.toUpperCase()}\n${line}`],
    [
      "parted by semicolons, as Excel does where the comma is the decimal point",
      `${header.replaceAll(",", ";")}\r\nlab;OBX-3;L;GLU;Glucose;LN;2345-7;Glucose, serum\r\n`,
    ],
    [
      "parted by tabs",
      `${header.replaceAll(",", "\t")}\nlab\tOBX-3\tL\tGLU\tGlucose\tLN\t2345-7\tGlucose, serum`,
    ],
  ])("is read %s", (_how, text) => {
    expect(read(text)).toEqual({ rows: [glucose], problems: [] })
  })
})

describe("a line of it", () => {
  test("needs three cells only; what it leaves out is any source, field and system", () => {
    const any = { source: "", field: "", system: "", display: "", targetDisplay: "" }
    expect(read("code,targetSystem,targetCode\nGLU,LN,2345-7").rows).toEqual([
      { ...any, code: "GLU", targetSystem: "http://loinc.org", targetCode: "2345-7" },
    ])
  })

  test("that is still to be filled in is passed over", () => {
    const { rows, problems } = read(`${header}\nlab,OBX-3,L,CRP,,,,\n${line}`)
    expect(rows).toEqual([glucose])
    expect(problems).toEqual([])
  })

  test("that is bad is named by its number, also after a cell of several lines", () => {
    const text = [
      header,
      'lab,OBX-3,L,A,"first\nsecond",LN,718-7,',
      "lab,OBX-3,L,B,,,718-7,",
      "lab,OBX-3,L,,,LN,718-7,",
      "lab,OBX-3,L,D,,Local,718-7,",
      "lab,OBX-3,L,E,,LN,,",
      "lab,OBX-3,L,F,,LN,718-7,,more",
      "lab,OBX-3,l,A,,LN,6690-2,",
    ].join("\r\n")
    expect(problemsOf(text)).toEqual([
      "4: targetSystem: is empty; it names the standard, such as LN or http://loinc.org",
      "5: code: is empty; it is the code as it stands in the message",
      "6: targetSystem: is neither a name of table 0396, such as LN, SCT or UCUM, nor a URI",
      "7: targetCode: is empty; it is the code in the standard system",
      "8: has 9 cells, the header 8",
      "9: code A stands in line 2 already",
    ])
  })

  test.each([
    ["LN", "718-8", "is no LOINC code"],
    ["LN", "08-Jan", "is no LOINC code"],
    ["LN", "7187", "is no LOINC code"],
    ["SCT", "2.60E+11", "is no SNOMED CT code"],
    ["SCT", "0260373001", "is no SNOMED CT code"],
  ])("does not take %s %s, which a spreadsheet or a finger has changed", (system, code, said) => {
    const [problem] = problemsOf(`code,targetSystem,targetCode\nGLU,${system},${code}`)
    expect(problem).toStartWith(`2: targetCode: ${said}`)
  })

  test.each([
    ["LN", "718-7"],
    ["LN", "94500-6"],
    ["LN", "2093-3"],
    ["LN", "LA6576-8"],
    ["SCT", "260373001"],
    ["UCUM", "10*3/uL"],
    ["urn:oid:1.2.3", "X 1"],
  ])("takes %s %s", (system, code) => {
    expect(problemsOf(`code,targetSystem,targetCode\nGLU,${system},${code}`)).toEqual([])
  })
})

describe("a file of codes", () => {
  test.each([
    ["", "1: the file is empty"],
    ["code,targetSystem\nA,LN", "1: the column targetCode is missing"],
    ["code,targetSystem,targetCode,code\n", "1: the column code stands there twice"],
    ["code,targetSystem,targetCode,notes\n", "1: no column is called notes; there is source,"],
    ['code,targetSystem,targetCode\nA,LN,718-7\n"B,LN,718-7', "3: a quotation mark here"],
  ])("whose form is wrong (%j) says how", (text, problem) => {
    expect(problemsOf(text)).toEqual([expect.stringContaining(problem)])
  })

  test("that is not UTF-8 says how to save it", () => {
    const bytes = Buffer.from(`${header}\n${line.replace("Glucose", "Glukosé")}`, "latin1")
    expect(readCsv(bytes).problems).toEqual([expect.stringContaining('save it as "CSV UTF-8"')])
  })

  test("is written as it is read again, a formula as the text it is", () => {
    const rows = [
      glucose,
      { ...glucose, code: '=HYPERLINK("http://x")', display: 'a "quoted", cell' },
      { ...glucose, code: "-5", display: "Ähnlich" },
    ]
    const text = codeMapCsv(rows)
    expect(text).toStartWith("\ufeffsource,field")
    expect(text).not.toMatch(/(^|,|")[=-]/m)
    expect(read(text)).toEqual({ rows, problems: [] })
  })
})

describe("the list of unmapped codes", () => {
  const met = {
    ...{ codeMap: "lab-tests", source: "lab", field: "OBX-3", system: "L", code: "GLU" },
    ...{ display: "Glucose", count: 3, message: 7 },
    ...{ firstSeen: "2026-04-15T12:00:00.000Z", lastSeen: "2026-04-16T12:00:00.000Z" },
  }

  test("is a code map with nothing in it yet", () => {
    expect(read(unmappedCsv([met]))).toEqual({ rows: [], problems: [] })
  })

  test("with its targets filled in is a code map", () => {
    const filled = unmappedCsv([met]).replace("e,,,,", 'e,LN,2345-7,"Glucose, serum",')
    expect(read(filled)).toEqual({ rows: [glucose], problems: [] })
  })
})
