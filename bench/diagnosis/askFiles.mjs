import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { argumentsOf, copyOf, drawModel, matters, named, plantedWithInput } from './bases.mjs'
import { readParam, tensorsOf, withHalfWeights } from './ncnnFile.mjs'
import { operatorFaults, unknownLayers } from './paramFaults.mjs'
import { weightFaults } from './weightFaults.mjs'

export function fileQuestions() {
  const weights = weightFaults.flatMap((fault) =>
    ['ncnn', 'mnn'].map((engine) => ({
      id: `${fault.code}/${fault.variant}/${engine}`,
      kind: 'single',
      code: fault.code,
      plant: async (draw, folder) => {
        const given = copyOf(draw, folder, await drawModel(draw, folder, engine), engine)
        const what = given && fault.plant(given)
        return (
          what && {
            args: argumentsOf(given),
            accept: [[fault.code]],
            also: fault.with,
            mendable: fault.mendable,
            note: `${given.network.name}: ${what}`,
          }
        )
      },
    })),
  )
  const operators = ['ncnn', 'mnn'].flatMap((engine) => [
    {
      id: `OP_SEMANTICS/an operator computes something else/${engine}`,
      kind: 'single',
      code: 'OP_SEMANTICS',
      async plant(draw, folder) {
        const given = copyOf(draw, folder, await drawModel(draw, folder, engine, false), engine)
        const what = given && operatorFaults[engine](given)
        if (!what || !(await matters(given))) return null
        return {
          args: argumentsOf(given),
          accept: [['OP_SEMANTICS']],
          note: `${given.network.name}: ${what}`,
        }
      },
    },
    {
      id: `UNKNOWN_LAYER/a type of another time/${engine}`,
      kind: 'single',
      code: 'UNKNOWN_LAYER',
      async plant(draw, folder) {
        const given = copyOf(draw, folder, await drawModel(draw, folder, engine, false), engine)
        if (!given) return null
        return {
          args: argumentsOf(given),
          accept: [['UNKNOWN_LAYER']],
          note: `${given.network.name}: ${unknownLayers[engine](given)}`,
        }
      },
    },
  ])
  const otherFile = ['ncnn', 'mnn'].map((engine) => ({
    id: `WEIGHTS_OTHER_MODEL/the file of another network/${engine}`,
    kind: 'single',
    code: 'WEIGHTS_OTHER_MODEL',
    async plant(draw) {
      const twins = ['mnist-cnn', 'tiny-vit'].map(named)
      if (!twins.every(Boolean)) return null
      const [right, wrong] = draw.shuffled(twins)
      return {
        args: argumentsOf({ model: wrong[engine], network: right }),
        accept: [['WEIGHTS_OTHER_MODEL']],
        note: `${wrong.name} for ${right.name}`,
      }
    },
  }))
  return [...weights, ...operators, ...otherFile, ...underflow()]
}

function underflow() {
  return [
    {
      id: 'PRECISION_WEIGHT_UNDERFLOW/weights stored as fp16',
      kind: 'single',
      code: 'PRECISION_WEIGHT_UNDERFLOW',
      async plant(draw, folder) {
        const small = 2 ** -draw.int(21, 25)
        const network = await plantedWithInput(draw, folder, {
          gains: [1, small, 1, 1],
          factors: [1 / small],
        })
        const file = network.ncnn.replace('.param', '.bin')
        const bin = readFileSync(file)
        const half = join(folder, 'half.ncnn.param')
        cpSync(network.ncnn, half)
        writeFileSync(
          half.replace('.param', '.bin'),
          withHalfWeights(bin, tensorsOf(readParam(network.ncnn), bin)),
        )
        return {
          args: argumentsOf({ model: half, network }),
          accept: [['PRECISION_WEIGHT_UNDERFLOW']],
          note: `the middle layer x ${small}`,
        }
      },
    },
    {
      id: 'PRECISION_WEIGHT_UNDERFLOW/as pnnx wrote it',
      kind: 'single',
      code: 'PRECISION_WEIGHT_UNDERFLOW',
      once: true,
      plant() {
        const network = named('ppocrv4-det')
        return (
          network && {
            args: argumentsOf({ model: join(network.folder, 'model_fp16.ncnn.param'), network }),
            accept: [['PRECISION_WEIGHT_UNDERFLOW']],
            note: network.name,
          }
        )
      },
    },
  ]
}
