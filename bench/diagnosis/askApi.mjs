import { readFileSync } from 'node:fs'
import { readNpy } from 'twinfer'
import { diagnose } from 'twinfer/diagnose'
import { decodeImage } from 'twinfer/preprocess'

const lists = {
  '--image': ['image', decodeImage],
  '--golden-input': ['golden', readNpy],
  '--deployed-input': ['deployed', readNpy],
  '--reference-output': ['referenceOutput', readOutputs],
  '--candidate-output': ['candidateOutput', readOutputs],
}

/** The command's answer by way of the API: the same arguments, in this process. */
export async function askApi([candidate, ...args]) {
  try {
    return await diagnose(candidate, await optionsOf(args))
  } catch (error) {
    return { error: error.code ?? String(error) }
  }
}

async function optionsOf(args) {
  const options = {}
  const samples = []
  let option
  let count = 0
  for (const word of args) {
    if (word.startsWith('--')) {
      option = word
      count = 0
    } else if (option in lists) {
      const [field, read] = lists[option]
      samples[count] = { name: word, ...samples[count], [field]: await read(word) }
      count++
    } else if (option === '--sidecar') {
      const [input] = Object.values(JSON.parse(readFileSync(word, 'utf8')).inputs)
      options.record = input.image
    } else options[option.slice(2)] = option === '--threads' ? Number(word) : word
  }
  return { ...options, ...(samples.length > 0 && { samples }) }
}

async function readOutputs(file) {
  return { output: await readNpy(file) }
}
