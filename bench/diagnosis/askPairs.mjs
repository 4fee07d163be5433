import { join } from 'node:path'
import { argumentsOf, copyOf, drawModel, inputsWith, tensors } from './bases.mjs'
import { plantInput } from './inputCases.mjs'
import { inputFaults } from './inputFaults.mjs'
import { writeNetwork } from './networks.mjs'
import { weightFaults } from './weightFaults.mjs'

export function pairQuestions() {
  const byGroup = (group) => inputFaults.filter((fault) => fault.group === group && !fault.also)
  const together = [
    ['order', 'geometry'],
    ['order', 'normalisation'],
    ['normalisation', 'geometry'],
    ['normalisation', 'interpolation'],
    ['order', 'interpolation'],
  ]
  const inputs = together.map(([one, other]) => ({
    id: `pair/${one} and ${other}`,
    kind: 'pair',
    code: 'pair',
    async plant(draw, folder, trial) {
      const faults = [draw.pick(byGroup(one)), draw.pick(byGroup(other))]
      if (!compatible(faults, draw)) return null
      const made = await inputsWith(draw, folder, trial, faults)
      return (
        made && {
          ...made,
          accept: faults.map(({ code }) => [code]),
          note: `${faults.map(({ code, variant }) => `${code} (${variant})`).join(' + ')}; ${made.note}`,
        }
      )
    },
  }))
  return [
    ...inputs,
    {
      id: 'pair/source stride and order',
      kind: 'pair',
      code: 'pair',
      async plant(draw, folder, trial) {
        const faults = ['PREPROC_SOURCE_STRIDE_SWAPPED', 'PREPROC_CHANNEL_ORDER'].map((code) =>
          inputFaults.find((fault) => fault.code === code),
        )
        const made = await inputsWith(draw, folder, trial, faults)
        return made && { ...made, accept: faults.map(({ code }) => [code]) }
      },
    },
    {
      id: 'pair/input and weights',
      kind: 'pair',
      code: 'pair',
      async plant(draw, folder, trial) {
        const fault = draw.pick(inputFaults.filter(({ group, also }) => group !== 'memory' && !also))
        const made = await plantInput(draw, folder, { channels: 3 }, [fault])
        if (!made) return null
        const network = writeNetwork(draw, join(folder, 'original'), { size: made.size })
        const given = copyOf(draw, folder, network, 'ncnn')
        const other = draw.pick(weightFaults.filter(({ code }) => code !== 'WEIGHTS_TRUNCATED'))
        const what = other.plant(given)
        if (!what) return null
        const image = trial % 2 === 0 ? ['--image', join(folder, 'image.png')] : []
        return {
          args: [given.model, '--reference', network.onnx, ...tensors(folder), ...image],
          accept: [[fault.code], [other.code]],
          also: other.with,
          note: `${fault.code} (${fault.variant}) + ${other.code} (${other.variant}): ${what}`,
        }
      },
    },
    {
      id: 'pair/weights of two layers',
      kind: 'pair',
      code: 'pair',
      async plant(draw, folder) {
        const engine = draw.pick(['ncnn', 'mnn'])
        const given = copyOf(draw, folder, await drawModel(draw, folder, engine), engine)
        if (!given) return null
        const local = ['WEIGHTS_SHIFTED', 'WEIGHTS_NOT_FINITE', 'WEIGHTS_DEAD_LAYER', 'WEIGHTS_SCALED']
        const codes = draw.shuffled(local).slice(0, 2)
        const done = codes.map((code) => {
          const fault = weightFaults.findLast((one) => one.code === code)
          const what = fault.plant(given)
          given.weights = given.weights.filter(({ layer }) => layer.name !== given.touched)
          return what
        })
        if (done.some((what) => !what)) return null
        return {
          args: argumentsOf(given),
          accept: codes.map((code) => [code]),
          note: `${given.network.name}: ${codes.map((code, i) => `${code} ${done[i]}`).join(' + ')}`,
        }
      },
    },
  ]
}

/** Whether no golden record that one fault needs is denied by the other. */
function compatible(faults, draw) {
  const [one, other] = faults.map((fault) => fault.wants(draw))
  return Object.keys(one).every(
    (key) => !(key in other) || key === 'normalisation' || one[key] === other[key],
  )
}
