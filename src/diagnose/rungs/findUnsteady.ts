import { compareTensors } from '../../compare/measure/compareTensors.js'
import { formatDb } from '../../format/numbers.js'
import { hasSameValues } from '../../tensor/hasSameValues.js'
import type { NamedTensors } from '../../tensor/requireTensor.js'
import type { Tensor } from '../../tensor/Tensor.js'
import type { Cause } from '../Cause.js'
import type { Sample } from '../Sample.js'

/** Kernels that add in another order from run to run agree better than this. */
const noisyDb = 60

/**
 * Recorded outputs of one and the same input that differ: the candidate, or what reads it, is not the same each time.
 * Null where they agree, or no input was given twice.
 */
export function findUnsteady(samples: readonly Sample[]): Cause | null {
  let worst: { readonly db: number; readonly output: string; readonly names: readonly string[] } | undefined
  for (const [at, a] of samples.entries()) {
    for (const b of samples.slice(at + 1)) {
      if (!a.candidateOutput || !b.candidateOutput || !isOneInput(a, b)) continue
      for (const { output, db } of agreements(a.candidateOutput, b.candidateOutput)) {
        if (db < (worst?.db ?? noisyDb)) worst = { db, output, names: [a.name, b.name] }
      }
    }
  }
  if (!worst) return null
  const { db, output, names } = worst
  return {
    code: 'NON_DETERMINISTIC',
    confidence: 0.95,
    message: `The same input gave other values of '${output}' each time: two recordings agree to ${formatDb(db)} only.`,
    evidence: { output, sqnrDb: db, recordings: names },
    fix: {
      twinfer: 'run(inputs): every run has an Extractor of its own, and inputs must all be set',
      ncnn: 'ncnn::Extractor ex = net.create_extractor(); // a new one for every input',
      mnn: 'interpreter->resizeSession(session); // after every change of shape, and fill every input before runSession',
    },
  }
}

/** The fed tensor where both have one, else the golden one, else the picture. */
function isOneInput(a: Sample, b: Sample): boolean {
  if (a.deployed && b.deployed) return isSame(a.deployed, b.deployed)
  if (a.golden && b.golden) return isSame(a.golden, b.golden)
  return a.image !== undefined && b.image !== undefined && hasSameValues(a.image.data, b.image.data)
}

function isSame(a: Tensor, b: Tensor): boolean {
  return a === b || hasSameValues(a.data, b.data)
}

function agreements(a: NamedTensors, b: NamedTensors): { readonly output: string; readonly db: number }[] {
  return Object.keys(a).flatMap((output) => {
    const other = b[output]
    if (!other || other.length !== a[output]!.length) return []
    return { output, db: compareTensors(a[output]!, other).sqnrDb ?? Number.NEGATIVE_INFINITY }
  })
}
