import type { FlatTable } from '../../inspect/mnn/FlatTable.js'
import { bytesPerValue, type ValueFormat, type WeightRole } from '../weights/StoredTensor.js'
import type { MnnOperator } from './MnnModel.js'
import type { MnnTensor, MnnWeights, PackedWeights } from './MnnTensor.js'
import { slots } from './mnnSlots.js'

const dataType = { float: 1, half: 19, bfloat16: 14, int8: 6 } as const

/** Collects the tensors of one operator. */
export class TensorCollector implements MnnWeights {
  readonly tensors: MnnTensor[] = []
  packed: PackedWeights | undefined

  constructor(private readonly operator: MnnOperator) {}

  /** A vector of float32 in the model. */
  floats(table: FlatTable, slot: number, role: WeightRole, channels = 1): void {
    this.vector(table, slot, 'fp32', role, channels)
  }

  vector(table: FlatTable, slot: number, format: ValueFormat, role: WeightRole, channels = 1): void {
    const vector = table.vector(slot, bytesPerValue[format], this.what)
    if (vector) this.add(format, role, channels, vector.offset, vector.count, false)
  }

  /** Bytes that hold 16-bit values. */
  halves(table: FlatTable, slot: number, format: 'fp16' | 'bf16', role: WeightRole, channels = 1): void {
    const vector = table.vector(slot, 1, this.what)
    if (vector) this.add(format, role, channels, vector.offset, vector.count >> 1, false)
  }

  blob(blob: FlatTable | undefined, role: WeightRole): void {
    if (!blob) return
    const external = blob.longs(slots.blob.external, this.what)
    const type = blob.int32(slots.blob.type, dataType.float, this.what)
    const format = formats[type]
    if (external.length > 1 && format) {
      this.external(format, role, 1, external[0]!, external[1]!)
      return
    }
    if (type === dataType.float) this.floats(blob, slots.blob.float32s, role)
    if (type === dataType.half) this.halves(blob, slots.blob.uint8s, 'fp16', role)
    if (type === dataType.bfloat16) this.halves(blob, slots.blob.uint8s, 'bf16', role)
  }

  external(format: ValueFormat, role: WeightRole, channels: number, offset: number, bytes: number): void {
    this.add(format, role, channels, offset, Math.floor(bytes / bytesPerValue[format]), true)
  }

  pack(quan: FlatTable, channels: number): void {
    const { name: layer, type: layerType } = this.operator
    this.packed = { layer, layerType, channels, quan }
  }

  private add(
    format: ValueFormat,
    role: WeightRole,
    channels: number,
    offset: number,
    count: number,
    external: boolean,
  ): void {
    if (!(count > 0)) return
    const { name: layer, type: layerType } = this.operator
    const whole = channels > 0 && count % channels === 0 ? channels : 1
    this.tensors.push({ layer, layerType, role, format, count, channels: whole, offset, external })
  }

  private get what(): string {
    return `op ${this.operator.index} (${this.operator.name})`
  }
}

const formats: Readonly<Record<number, ValueFormat>> = {
  [dataType.float]: 'fp32',
  [dataType.half]: 'fp16',
  [dataType.bfloat16]: 'bf16',
  [dataType.int8]: 'int8',
}
