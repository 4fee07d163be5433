import { readNpy } from 'twinfer'
import { argumentsOf, networks, writeOutputs } from './bases.mjs'
import { outputOf } from './networks.mjs'
import { outputFaults } from './outputFaults.mjs'
import { likeness } from './records.mjs'

export function outputQuestions() {
  return outputFaults.map((fault) => ({
    id: `${fault.code}/${fault.variant}`,
    kind: 'single',
    code: fault.code,
    async plant(draw, folder) {
      for (const network of draw.shuffled(networks)) {
        const { data: reference, shape } = await readNpy(network.expected)
        const engine = draw.pick(['ncnn', 'mnn'])
        const candidate = Float32Array.from((await outputOf(network[engine], network.input)).data)
        const given = { draw, reference, candidate, shape, network: network.name }
        const read = fault.apply(given)
        if (!read) continue
        if (likeness(read.reference ?? reference, read.candidate) > 30) continue
        return {
          args: [
            ...argumentsOf({ model: network[engine], network }),
            ...(await writeOutputs(folder, read.reference ?? reference, read.candidate, shape)),
          ],
          accept: [[fault.code]],
          note: `${network.name} on ${engine}`,
        }
      }
      return null
    },
  }))
}
