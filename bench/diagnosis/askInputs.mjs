import { inputsWith } from './bases.mjs'
import { inputFaults } from './inputFaults.mjs'

export function inputQuestions() {
  return inputFaults.map((fault) => ({
    id: `${fault.code}/${fault.variant}`,
    kind: 'single',
    code: fault.code,
    plant: async (draw, folder, trial) => {
      const made = await inputsWith(draw, folder, trial, [fault])
      return made && { ...made, accept: [[fault.code, ...(fault.also ?? [])]] }
    },
  }))
}
