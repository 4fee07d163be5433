import { basename } from 'node:path'
import { compareTensors } from '../../compare/measure/compareTensors.js'
import type { Preprocessing } from '../../preprocess/Preprocessing.js'
import type { Import } from '../../preprocess/sidecar/imports/Import.js'
import type { Tensor } from '../../tensor/Tensor.js'

/**
 * How far an input may be off that another decoder or rounding made: two decoders of one JPEG are about 39 dB apart, a
 * wrong filter 20 to 30, and any other fault more.
 */
export const sameInputDb = 35

/** SQNR of an input against the one that it should be, in dB; null where their shapes differ, or it cannot be measured. */
export function inputSqnrDb(wanted: Tensor, made: Tensor): number | null {
  if (wanted.shape.join() !== made.shape.join()) return null
  return compareTensors(wanted, made).sqnrDb ?? null
}

/**
 * A recovered record, to be written as a sidecar. What it leaves out is its default, and here it is known; its mean and
 * std are in pixel units.
 */
export function recoveredImport(from: string, record: Preprocessing, notes: readonly string[] = []): Import {
  const whole = { cropPct: 1, scale: 1, mean: 0, std: 1, pad: { value: 0 }, ...record }
  return { kind: 'recovered', from: basename(from), record: whole, notes }
}
