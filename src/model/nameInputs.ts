import { TwinferError } from '../errors/TwinferError.js'
import { suggest } from '../errors/words.js'
import { dtypeOfArray, type TypedArray } from '../tensor/DType.js'
import type { NamedTensors } from '../tensor/requireTensor.js'
import { Tensor } from '../tensor/Tensor.js'
import type { RunInputs, TensorInfo } from './options.js'

/**
 * What `run` takes, as tensors under the model's own names: for everything that does more with inputs than run them
 * once. An input that nothing depends on may be left out. The object has no prototype, so that an input may be called
 * `__proto__`. Throws what `bindInputs` throws.
 */
export function nameInputs(infos: readonly TensorInfo[], inputs: RunInputs): NamedTensors {
  const wanted = infos.filter((info) => !info.unused || isGiven(info, infos, inputs))
  const bound = new BoundInputs()
  bindInputs(bound, wanted, inputs)
  const named = Object.create(null) as Record<string, Tensor>
  for (const [i, info] of wanted.entries()) {
    const value = isList(inputs) ? inputs[i]! : isOne(inputs) ? inputs : inputs[info.name]!
    named[info.name] = value instanceof Tensor ? value : wrap(value, info)
  }
  return named
}

function isGiven({ name }: TensorInfo, infos: readonly TensorInfo[], inputs: RunInputs): boolean {
  if (isList(inputs)) return inputs.length === infos.length
  return isOne(inputs) ? infos.length === 1 : Object(inputs)[name] !== undefined
}

/** A bare array takes the model's shape, and its element type where the array carries it. */
function wrap(array: TypedArray, { shape, dtype, layout }: TensorInfo): Tensor {
  const own = dtypeOfArray(array)
  const carries = (own === 'uint16' && /float16$/.test(dtype)) || (own === 'uint8' && dtype === 'bool')
  return new Tensor(array, shape!, { dtype: carries ? dtype : own, layout })
}

/** Array.isArray does not narrow readonly arrays. */
function isList(inputs: RunInputs): inputs is readonly (Tensor | TypedArray)[] {
  return Array.isArray(inputs)
}

function isOne(inputs: RunInputs): inputs is Tensor | TypedArray {
  return inputs instanceof Tensor || ArrayBuffer.isView(inputs)
}

/** A run's inputs in the model's order, as native code takes them. Used again for each run of a model. */
export class BoundInputs {
  data: TypedArray[] = []
  /** For each input its number of dimensions, then these. */
  shapes = new Int32Array(64)
  #used = 0

  clear() {
    this.data = []
    this.#used = 0
  }

  push(data: TypedArray, shape: readonly number[]) {
    const end = this.#used + 1 + shape.length
    if (end > this.shapes.length) {
      const longer = new Int32Array(2 * end)
      longer.set(this.shapes)
      this.shapes = longer
    }
    this.data.push(data)
    this.shapes[this.#used++] = shape.length
    for (let i = 0; i < shape.length; i++) this.shapes[this.#used++] = shape[i]!
  }
}

/**
 * Puts a run's inputs into the model's order. Types, lengths and shapes are checked natively.
 * Throws TWINFER_MISSING_INPUT, TWINFER_UNKNOWN_INPUT, TWINFER_LAYOUT_MISMATCH or
 * TWINFER_SHAPE_MISMATCH (a bare array for an input whose shape the model leaves open).
 */
export function bindInputs(bound: BoundInputs, infos: readonly TensorInfo[], inputs: RunInputs): void {
  bound.clear()
  if (inputs instanceof Tensor || ArrayBuffer.isView(inputs)) {
    bindOrdered(bound, infos, [inputs as Tensor | TypedArray])
  } else if (Array.isArray(inputs)) {
    bindOrdered(bound, infos, inputs)
  } else if (typeof inputs === 'object' && inputs !== null) {
    bindNamed(bound, infos, inputs as Readonly<Record<string, Tensor | TypedArray>>)
  } else {
    throw new TwinferError(
      'TWINFER_INVALID_ARGUMENT',
      `expected inputs by name, an array of them or a Tensor, received ${inputs === null ? 'null' : typeof inputs}`,
    )
  }
}

function bindOrdered(
  bound: BoundInputs,
  infos: readonly TensorInfo[],
  values: readonly (Tensor | TypedArray)[],
) {
  if (values.length !== infos.length) {
    throw new TwinferError(
      values.length < infos.length ? 'TWINFER_MISSING_INPUT' : 'TWINFER_UNKNOWN_INPUT',
      `expected ${infos.length} inputs (${namesOf(infos)}), received ${values.length}`,
    )
  }
  for (let i = 0; i < infos.length; i++) bindOne(bound, infos[i]!, values[i]!)
}

function bindNamed(
  bound: BoundInputs,
  infos: readonly TensorInfo[],
  values: Readonly<Record<string, Tensor | TypedArray>>,
) {
  let received = 0
  for (const name in values) {
    received++
    if (!infos.some((info) => info.name === name)) refuseName(infos, name)
  }
  for (const info of infos) {
    const value = values[info.name]
    if (value === undefined || (received < infos.length && !Object.hasOwn(values, info.name))) {
      throw new TwinferError(
        'TWINFER_MISSING_INPUT',
        `expected the inputs ${namesOf(infos)}, received none for '${info.name}'`,
      )
    }
    bindOne(bound, info, value)
  }
}

function refuseName(infos: readonly TensorInfo[], name: string): never {
  const names = infos.map((info) => info.name)
  throw new TwinferError(
    'TWINFER_UNKNOWN_INPUT',
    `expected an input of the model (${namesOf(infos)}), received '${name}'`,
    {
      help:
        suggest(name, names) ||
        'Inputs may also be given by order: the engines name the same input differently.',
    },
  )
}

function bindOne(bound: BoundInputs, info: TensorInfo, value: Tensor | TypedArray) {
  if (value instanceof Tensor) {
    if (value.layout !== info.layout && value.shape.length === 4) {
      throw new TwinferError(
        'TWINFER_LAYOUT_MISMATCH',
        `input '${info.name}': expected layout ${info.layout}, received ${value.layout}`,
      )
    }
    bound.push(value.data, value.shape)
    return
  }
  if (!ArrayBuffer.isView(value) || value instanceof DataView) {
    throw new TwinferError(
      'TWINFER_INVALID_ARGUMENT',
      `input '${info.name}': expected a Tensor or a typed array, received ${value === null ? 'null' : typeof value}`,
    )
  }
  if (info.shape === undefined || info.shape.includes(-1)) {
    throw new TwinferError(
      'TWINFER_SHAPE_MISMATCH',
      `input '${info.name}': expected a Tensor, because the model leaves its shape open (${
        info.shape ? `[${info.shape.join(',')}]` : 'any'
      }); received a bare ${value.constructor.name}`,
      { help: 'Wrap it: new Tensor(data, [3, 224, 224]).' },
    )
  }
  bound.push(value, info.shape)
}

const namesOf = (infos: readonly TensorInfo[]) => infos.map((info) => info.name).join(', ')
