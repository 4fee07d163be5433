// The child of `Trials`: runs what it is sent, one network after the other, and ends with its parent.
import { failureOf } from '../../errors/failure.js'
import { ModelFile } from '../../file/ModelFile.js'
import { open } from '../../model/open.js'
import type { NamedTensors } from '../../tensor/requireTensor.js'
import { NcnnTracer } from '../../trace/NcnnTracer.js'
import { medianMs } from '../model/medianMs.js'
import { runStoringFp16 } from './store.js'
import { plainTensors, type Trial, type TrialAnswer, type TrialMessage, tensorsOf } from './Trials.js'

let feeds: readonly NamedTensors[] = []

process.once('disconnect', () => process.exit(2))
process.on('message', async (message: TrialMessage) => {
  if ('feeds' in message) feeds = message.feeds.map(tensorsOf)
  else process.send?.(await answer(message))
})

async function answer(trial: Trial): Promise<TrialAnswer> {
  try {
    return await run(trial)
  } catch (error) {
    return { failure: failureOf(error) }
  }
}

async function run({ param, weights, options, storingFp16, timed }: Trial): Promise<TrialAnswer> {
  const file = await ModelFile.from(Buffer.from(param), { engine: 'ncnn', weights })
  const model = await open(file, options)
  try {
    const names = model.outputs.map(({ name }) => name)
    const outputs: NamedTensors[] = []
    if (storingFp16 === undefined) for (const inputs of feeds) outputs.push(await model.run(inputs))
    else outputs.push(...(await storedOutputs(file, options, storingFp16)))
    const ms = timed ? await medianMs(model, feeds[0]!) : null
    return { outputs: outputs.map(plainTensors), names, ms }
  } finally {
    await model.dispose()
  }
}

async function storedOutputs(
  file: ModelFile,
  options: Trial['options'],
  wide: ReadonlySet<number>,
): Promise<readonly NamedTensors[]> {
  const tracer = await NcnnTracer.open(file, options)
  try {
    const outputs: NamedTensors[] = []
    for (const inputs of feeds) outputs.push(await runStoringFp16(tracer, inputs, wide))
    return outputs
  } finally {
    await tracer.dispose()
  }
}
