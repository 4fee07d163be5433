import { answering } from '../errors/answering.js'
import { IDENTICAL_DB } from '../format/decibels.js'
import type { Tensor } from '../tensor/Tensor.js'
import { compareTensors } from './compareTensors.js'

/**
 * The SQNR in dB between two runs of one model on the same input; IDENTICAL_DB where they agree bit for bit, which
 * nearly every engine's do. -IDENTICAL_DB where one has a NaN, Infinity or shape that the other has not.
 */
export const noiseFloor = answering('noiseFloor', function noiseFloor(first: Tensor, again: Tensor): number {
  if (first.shape.join() !== again.shape.join()) return -IDENTICAL_DB
  if (bytesOf(first).equals(bytesOf(again))) return IDENTICAL_DB
  return compareTensors(first, again, { classAxis: null }).sqnrDb ?? -IDENTICAL_DB
})

function bytesOf({ data }: Tensor): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
}
