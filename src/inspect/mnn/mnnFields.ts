/** Places of the fields in their tables' vtables, from MNN's schema (a flatbuffer field N has slot 4 + 2 N). */
export const netFields = {
  bizCode: 4,
  extraInfo: 8,
  oplists: 10,
  outputName: 12,
  sourceType: 16,
  tensorName: 18,
  subgraphs: 24,
  uuid: 26,
} as const

export const opFields = {
  inputIndexes: 4,
  mainType: 6,
  main: 8,
  name: 10,
  outputIndexes: 12,
  type: 14,
} as const

export const inputFields = { dims: 4, dtype: 6, format: 8 } as const
export const extraInfoFields = { version: 8 } as const
export const subgraphFields = { name: 4 } as const

/** OpParameter_Input: which table `Op.main` is. */
export const inputParameter = 21
export const opTypeInput = 34
