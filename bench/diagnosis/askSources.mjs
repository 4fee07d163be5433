// The same faults known from less: from a picture, a record and one tensor, and from the original's outputs alone.
import { createHash } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { readNpy, writeNpy } from 'twinfer'
import { plantInput } from './inputCases.mjs'
import { inputFaults } from './inputFaults.mjs'
import { outputOf, writeNetwork } from './networks.mjs'

const kernels = {
  'pillow-bilinear': ['pillow', 'bilinear'],
  'pillow-bicubic': ['pillow', 'bicubic'],
  'opencv-linear': ['opencv', 'bilinear'],
  'opencv-area': ['opencv', 'area'],
}
/** What a record can say. Colours, so that an order can be wrong. */
const sayable = {
  wants: (draw) => ({ channels: 3, kernel: draw.pick(Object.keys(kernels)), place: 'centre' }),
}
const faults = inputFaults.filter(
  ({ group, also, code }) =>
    group !== 'memory' && group !== 'interpolation' && !also && code !== 'PREPROC_TRANSPOSED',
)

export function sourceQuestions() {
  return [
    ...faults.map(byRecord),
    ...faults.filter(({ variant }) => variant !== 'numbers of its own').map(byOutputs),
  ]
}

function byRecord(fault) {
  return {
    id: `record/${fault.code}/${fault.variant}`,
    kind: 'source',
    code: fault.code,
    async plant(draw, folder) {
      const made = await plantInput(draw, folder, { channels: 3 }, [sayable, fault])
      if (!made) return null
      const { ncnn, onnx } = writeNetwork(draw, join(folder, 'original'), { size: made.size })
      const sidecar = join(folder, 'record.json')
      writeFileSync(sidecar, JSON.stringify(sidecarOf(ncnn, made.record)))
      const file = (name) => join(folder, name)
      return {
        args: [
          ncnn,
          '--reference',
          onnx,
          '--image',
          file('image.png'),
          '--deployed-input',
          file('deployed.npy'),
          '--sidecar',
          sidecar,
        ],
        accept: [[fault.code]],
        source: 'image, record and one tensor',
        record: made.record,
        deployedRecord: made.deployedRecord,
      }
    },
  }
}

/** Three pictures of one record: what the original gave for each is all that is known of it. */
function byOutputs(fault) {
  return {
    id: `outputs/${fault.code}/${fault.variant}`,
    kind: 'source',
    code: fault.code,
    async plant(draw, folder) {
      const wanted = sayable.wants(draw)
      const same = { wants: () => ({ ...wanted, normalisation: 'half half' }) }
      const seed = String(draw.next())
      let network
      let made
      const files = { '--image': [], '--deployed-input': [], '--reference-output': [] }
      for (let i = 0; i < 3; i++) {
        const before = made ? [asIn(made.record)] : []
        made = await plantInput(
          draw,
          folder,
          { channels: 3, size: made?.size },
          [same, fault, ...before],
          seed,
        )
        if (!made) return null
        network ??= writeNetwork(draw, join(folder, 'original'), { size: made.size })
        const output = await outputOf(network.ncnn, await readNpy(join(folder, 'golden.npy')))
        const named = (name) => join(folder, `${i}-${name}`)
        for (const [option, name] of [
          ['--image', 'image.png'],
          ['--deployed-input', 'deployed.npy'],
        ]) {
          renameSync(join(folder, name), named(name))
          files[option].push(named(name))
        }
        await writeNpy(named('output.npy'), output)
        files['--reference-output'].push(named('output.npy'))
      }
      return {
        args: [
          network.ncnn,
          '--reference',
          network.onnx,
          ...Object.entries(files).flatMap(([option, list]) => [option, ...list]),
        ],
        accept: [[fault.code]],
        source: 'outputs alone',
        record: made.record,
        deployedRecord: made.deployedRecord,
      }
    },
  }
}

/** Lets the next picture be made by the record of the one before. */
function asIn({ size: _, normalisation, ...record }) {
  return { wants: () => ({ ...record, normalisation }), apply: (_draw, plan) => plan }
}

function sidecarOf(model, record) {
  const [resampler, interpolation] = kernels[record.kernel]
  const { fit, cropPct, pad, size, scale, mean, std } = record
  const files = [model, model.replace('.param', '.bin')].map((file) => {
    const content = readFileSync(file)
    return { name: basename(file), bytes: content.length, sha256: sha256(content), content }
  })
  const image = {
    size,
    order: 'RGB',
    fit,
    ...(fit === 'cover' && { cropPct }),
    ...(fit === 'letterbox' && { pad: { value: pad, position: 'centre' } }),
    resampler,
    interpolation,
    scale,
    mean,
    std,
  }
  return {
    format: 'twinfer-sidecar',
    version: '1.0',
    model: {
      name: basename(model),
      sha256: sha256(...files.map(({ content }) => content)),
      files: files.map(({ content: _, ...file }) => file),
    },
    inputs: { in0: { image } },
    outputs: {},
    source: { kind: 'options', from: null, given: [] },
  }
}

function sha256(...contents) {
  const hash = createHash('sha256')
  for (const content of contents) hash.update(content)
  return hash.digest('hex')
}
