/** Every `code` of a finding, described in docs/checking.md. Codes are stable: branch on them, not on messages. */
export const findingCodes = [
  // The files
  'foreign-file',
  'weights-not-found',
  'missing-bytes',
  'trailing-bytes',
  'damaged-table',
  'external-path',
  'engine-refuses',
  'not-opened',
  // The text of a .param
  'byte-order-mark',
  'no-magic',
  'line-endings',
  'truncated-text',
  'syntax',
  // The graph
  'layer-count',
  'blob-count',
  'duplicate-layer',
  'duplicate-blob',
  'no-producer',
  'layer-order',
  'unknown-layer',
  'layer-inputs',
  'layer-outputs',
  'parameters',
  'no-axes',
  'weight-size',
  'input-note',
  // How weights are stored
  'bad-tag',
  'tag-mismatch',
  'shifted-file',
  'wrong-endianness',
  'table-weights',
  // What they are
  'weight-nan',
  'weight-inf',
  'weight-garbage',
  'weight-huge',
  'weight-outlier',
  'weight-denormal',
  'weight-zero',
  'zero-channels',
  'weight-constant',
  'tag-in-weights',
  'fp16-underflow',
  // Against the source model
  'weights-shifted',
  'weights-differ',
  'weights-unmatched',
  'inputs-differ',
  'outputs-differ',
  'reader-agrees',
  'reader-skips-tag',
  'reader-shifted',
  'reader-differs',
  // Too many of one code
  'more',
] as const

export type FindingCode = (typeof findingCodes)[number]
