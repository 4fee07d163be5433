const ENOUGH_DB = 80

/** The demo's line as an object; throws unless both engines came near onnxruntime's recorded output. */
export function checkDemo(stdout) {
  const result = JSON.parse(stdout)
  const engines = result.runs.map(({ engine }) => engine).join(' ')
  if (engines !== 'ncnn mnn') throw new Error(`expected a run on each engine, received '${engines}'`)
  for (const { engine, sqnrDb } of result.runs)
    if (!(sqnrDb >= ENOUGH_DB))
      throw new Error(`${engine}: expected at least ${ENOUGH_DB} dB, received ${sqnrDb}`)
  return result
}
