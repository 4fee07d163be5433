import { join } from 'node:path'
import { readNpy } from 'twinfer'
import { argumentsOf, brief, drawNetwork, networks, tensors, writeOutputs } from './bases.mjs'
import { innocentKinds, plantInnocent } from './inputCases.mjs'
import { outputOf, writeNetwork } from './networks.mjs'

const innocentCodes = ['NONE', 'PRECISION_EXPECTED', 'ARGMAX_TIES']

export function cleanQuestions() {
  const files = networks.flatMap((network) =>
    network.variants
      .filter((file) => !(network.name === 'ppocrv4-det' && file === 'model_fp16.ncnn.param'))
      .map((file) => ({
        id: `clean/${network.name}/${file}`,
        kind: 'clean',
        code: 'clean',
        plant(draw) {
          const precision = draw.pick(['fp32', 'fp32', 'default', 'bf16', 'fp16-storage', 'fp16'])
          const threads = draw.pick(['1', '2', '3'])
          return {
            args: [
              ...argumentsOf({ model: join(network.folder, file), network }),
              '--deployed-input',
              network.input,
              '--precision',
              precision,
              '--threads',
              threads,
            ],
            note: `${precision}, ${threads} threads`,
          }
        },
      })),
  )
  const pictures = innocentKinds.map((kind) => ({
    id: `clean/input: ${kind}`,
    kind: 'clean',
    code: 'clean',
    async plant(draw, folder, trial) {
      const network = drawNetwork(draw, [{ wants: () => ({}) }])
      const made = await plantInnocent(draw, folder, network, kind)
      const { onnx, ncnn } = network.onnx
        ? network
        : writeNetwork(draw, folder, { ...network, size: made.size })
      const image = trial % 2 === 0 ? ['--image', join(folder, 'image.png')] : []
      return {
        args: [ncnn, '--reference', onnx, ...tensors(folder), ...image],
        source: image.length > 0 ? 'image and tensors' : 'tensors',
        note: `${network.name ?? 'planted'}, ${made.size.width} x ${made.size.height}, ${JSON.stringify(brief(made.record))}`,
      }
    },
  }))
  const recorded = networks.map((network) => ({
    id: `clean/recorded outputs of ${network.name}`,
    kind: 'clean',
    code: 'clean',
    async plant(draw, folder) {
      const engine = draw.pick(['ncnn', 'mnn'])
      const { data, shape } = await readNpy(network.expected)
      const output = await outputOf(network[engine], network.input, {
        precision: draw.pick(['fp32', 'default', 'bf16']),
      })
      return {
        args: [
          ...argumentsOf({ model: network[engine], network }),
          ...(await writeOutputs(folder, data, Float32Array.from(output.data), shape)),
        ],
        note: engine,
      }
    },
  }))
  return [...files, ...pictures, ...recorded].map((question) => ({
    ...question,
    async plant(...given) {
      const made = await question.plant(...given)
      return made && { ...made, accept: [innocentCodes], clean: true }
    },
  }))
}
