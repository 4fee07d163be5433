import { join } from 'node:path'
import { inputsWith, named, tensors } from './bases.mjs'
import { plantInput } from './inputCases.mjs'
import { inputFaults } from './inputFaults.mjs'

export function inputQuestions() {
  return [...inputFaults.map(asked), ...timed()]
}

function asked(fault) {
  return {
    id: `${fault.code}/${fault.variant}`,
    kind: 'single',
    code: fault.code,
    plant: async (draw, folder, trial) => {
      const made = await inputsWith(draw, folder, trial, [fault])
      return made && { ...made, accept: [[fault.code, ...(fault.also ?? [])]] }
    },
  }
}

/** What has a bar on its time: the network of 18 MB with everything that can be given, and two tensors alone. */
function timed() {
  const faults = ['PREPROC_CHANNEL_ORDER', 'PREPROC_CROP', 'PREPROC_MEAN_STD'].map((code) =>
    inputFaults.find((fault) => fault.code === code),
  )
  return faults.flatMap((fault) => [
    {
      id: `${fault.code}/timed, efficientnet-lite0`,
      kind: 'single',
      code: fault.code,
      once: true,
      async plant(draw, folder) {
        const network = named('efficientnet-lite0')
        if (!network || !(await plantInput(draw, folder, network, [fault]))) return null
        const image = ['--image', join(folder, 'image.png')]
        return {
          args: [network.ncnn, '--reference', network.onnx, ...tensors(folder), ...image],
          accept: [[fault.code]],
          timed: { what: 'time, efficientnet-lite0 with all evidence', barSeconds: 10 },
        }
      },
    },
    {
      id: `${fault.code}/timed, two tensors`,
      kind: 'single',
      code: fault.code,
      once: true,
      async plant(draw, folder) {
        const network = named('efficientnet-lite0')
        if (!network || !(await plantInput(draw, folder, network, [fault]))) return null
        return {
          args: [network.ncnn, ...tensors(folder)],
          accept: [[fault.code]],
          timed: { what: 'time, golden and deployed tensors only', barSeconds: 3 },
        }
      },
    },
  ])
}
