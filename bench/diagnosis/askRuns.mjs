import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { readNpy, Tensor, writeNpy } from 'twinfer'
import { argumentsOf, copyOf, named, plantedWithInput, withWeights, writeOutputs } from './bases.mjs'
import { outputOf } from './networks.mjs'
import { inHalf } from './outputFaults.mjs'
import { renumbered, skewedPack } from './runFaults.mjs'

export function runQuestions() {
  return [
    {
      id: 'PRECISION_OVERFLOW/recorded on a board with fp16',
      kind: 'single',
      code: 'PRECISION_OVERFLOW',
      async plant(draw, folder) {
        const up = 2 ** draw.int(17, 20)
        const network = await plantedWithInput(draw, folder, { factors: [up, 1 / up] })
        const reference = await outputOf(network.ncnn, network.input)
        const candidate = inHalf(network, network.values, network.shape)
        if (candidate.every(Number.isFinite)) return null
        return {
          args: [
            ...argumentsOf({ model: network.ncnn, network }),
            ...(await writeOutputs(folder, reference.data, candidate, [1, candidate.length])),
          ],
          accept: [['PRECISION_OVERFLOW']],
          note: 'activations above 65504',
        }
      },
    },
    {
      id: 'PRECISION_OVERFLOW/weights of an InnerProduct in fp16-storage',
      kind: 'single',
      code: 'PRECISION_OVERFLOW',
      async plant(draw, folder) {
        const network = await plantedWithInput(draw, folder, { gains: [1, 2 ** -9, 2 ** -10, 2 ** 19] })
        const low = await outputOf(network.ncnn, network.input, { precision: 'fp16-storage' })
        if (low.data.every(Number.isFinite)) return null
        return {
          args: [...argumentsOf({ model: network.ncnn, network }), '--precision', 'fp16-storage'],
          accept: [['PRECISION_OVERFLOW']],
          mendable: true,
          note: 'weights above 65504',
        }
      },
    },
    {
      id: 'PRECISION_EXPECTED/bf16',
      kind: 'single',
      code: 'PRECISION_EXPECTED',
      plant(draw) {
        const network = draw.pick(withWeights)
        return {
          args: [...argumentsOf({ model: network.ncnn, network }), '--precision', 'bf16'],
          accept: [['PRECISION_EXPECTED']],
          also: ['ARGMAX_TIES'],
          note: network.name,
        }
      },
    },
    {
      id: 'PRECISION_EXPECTED/recorded on a board with fp16',
      kind: 'single',
      code: 'PRECISION_EXPECTED',
      async plant(draw, folder) {
        const network = await plantedWithInput(draw, folder)
        const reference = await outputOf(network.ncnn, network.input)
        const candidate = inHalf(network, network.values, network.shape)
        return {
          args: [
            ...argumentsOf({ model: network.ncnn, network }),
            ...(await writeOutputs(folder, reference.data, candidate, [1, candidate.length])),
          ],
          accept: [['PRECISION_EXPECTED']],
          note: 'every blob rounded to fp16',
        }
      },
    },
    {
      id: 'NON_DETERMINISTIC/one input, other outputs each time',
      kind: 'single',
      code: 'NON_DETERMINISTIC',
      async plant(draw, folder) {
        const network = draw.pick(withWeights)
        const { data: reference, shape } = await readNpy(network.expected)
        const size = Math.sqrt(reference.reduce((sum, value) => sum + value * value, 0) / reference.length)
        const share = draw.between(0.02, 0.3)
        const files = { '--golden-input': [], '--reference-output': [], '--candidate-output': [] }
        mkdirSync(folder, { recursive: true })
        for (let run = 0; run < 3; run++) {
          files['--golden-input'].push(network.input)
          files['--reference-output'].push(network.expected)
          const file = join(folder, `run-${run}.npy`)
          const varied = reference.map(
            (value) => value + (draw.chance(0.2) ? draw.normal() * size * share : 0),
          )
          await writeNpy(file, new Tensor(Float32Array.from(varied), shape))
          files['--candidate-output'].push(file)
        }
        const given = Object.entries(files).flatMap(([option, list]) => [option, ...list])
        return {
          args: [network.ncnn, '--reference', network.onnx, ...given],
          accept: [['NON_DETERMINISTIC']],
          note: `${network.name}: a fifth of the values varies by ${share.toFixed(3)} of their size`,
        }
      },
    },
    {
      id: 'VERSION_SKEW/the file is newer than the engine',
      kind: 'single',
      code: 'VERSION_SKEW',
      async plant(draw, folder) {
        const given = copyOf(draw, folder, draw.pick(withWeights), 'mnn')
        const what = given && renumbered(given)
        return (
          what && {
            args: argumentsOf(given),
            accept: [['VERSION_SKEW']],
            note: `${given.network.name}: ${what}`,
          }
        )
      },
    },
    {
      id: 'VERSION_SKEW/recorded with another engine',
      kind: 'single',
      code: 'VERSION_SKEW',
      plant: (draw, folder) =>
        skewedPack(draw, folder, draw.pick(withWeights.filter(({ name }) => name !== 'efficientnet-lite0'))),
    },
    {
      id: 'ARGMAX_TIES/two best classes alike',
      kind: 'single',
      code: 'ARGMAX_TIES',
      async plant(draw, folder) {
        const network = draw.pick(['digits8-cnn', 'mnist-cnn', 'tiny-vit'].map(named).filter(Boolean))
        const reference = Float32Array.from((await readNpy(network.expected)).data)
        const noise = (await outputOf(network.ncnn, network.input)).data.map(
          (value, i) => value - reference[i],
        )
        const order = [...reference.keys()].sort((a, b) => reference[b] - reference[a])
        const step = 4 * Math.max(...noise.map(Math.abs), 1e-6)
        reference[order[1]] = reference[order[0]] - step * draw.between(0.1, 0.5)
        const candidate = reference.map((value, i) => value + noise[i])
        candidate[order[1]] = reference[order[0]]
        candidate[order[0]] = reference[order[1]]
        return {
          // The original never gave these for a recorded input: nothing but the two outputs is shown.
          args: [network.ncnn, ...(await writeOutputs(folder, reference, candidate, [1, reference.length]))],
          accept: [['ARGMAX_TIES']],
          note: network.name,
        }
      },
    },
    {
      id: 'ARGMAX_TIES/labels of a map',
      kind: 'single',
      code: 'ARGMAX_TIES',
      async plant(draw, folder) {
        const network = named('tiny-unet')
        if (!network) return null
        const { data, shape } = await readNpy(network.input)
        const input = new Tensor(
          data.map((value) => value + 0.3 * draw.normal()),
          shape,
        )
        const scores = await outputOf(network.ncnn, input)
        const low = await outputOf(network.ncnn, input, { precision: 'bf16' })
        const [reference, candidate] = [scores, low].map((output) => labelsOf(output.data, 11))
        const flips = reference.filter((label, i) => label !== candidate[i]).length
        if (flips === 0) return null
        const recorded = await writeOutputs(folder, reference, candidate, [1, 64, 64])
        return {
          args: [network.ncnn, ...recorded],
          accept: [['ARGMAX_TIES', 'PRECISION_EXPECTED']],
          note: `${network.name}: ${flips} of 4096 labels turn over in bf16`,
        }
      },
    },
  ]
}

function labelsOf(scores, classes) {
  const plane = scores.length / classes
  return Int32Array.from({ length: plane }, (_, i) => {
    let best = 0
    for (let c = 1; c < classes; c++) if (scores[c * plane + i] > scores[best * plane + i]) best = c
    return best
  })
}
