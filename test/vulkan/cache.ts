// What a GPU driver compiles and what MNN tunes is kept in a file that the next load reads.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { open } from 'twinfer'
import { needsVulkan } from '../helpers/needsVulkan.js'
import { type Engine, network } from '../helpers/networks.js'

const options: Readonly<Record<Engine, string>> = { ncnn: 'pipeline_cache', mnn: 'cacheFile' }

for (const [engine, option] of Object.entries(options) as [Engine, string][]) {
  t.test(
    `${engine}: ${option} is written once, read again, and does not change the result`,
    needsVulkan,
    async (t) => {
      const cache = join(t.testdir({}), 'cache')
      const { file, input } = await network('digits8-cnn', engine)
      const results = []
      const contents = []
      for (let round = 0; round < 2; round++) {
        await using model = await open(file, {
          device: 'vulkan',
          precision: 'fp32',
          engineOptions: { [option]: cache },
        })
        results.push(Object.values(await model.run(input)).map((tensor) => tensor.data))
        t.equal(model.effective.options[option], cache)
        contents.push(readFileSync(cache))
      }
      t.ok(contents[0]!.length > 100)
      t.ok(contents[0]!.equals(contents[1]!), 'the second load had nothing to add')
      t.same(results[0], results[1])
    },
  )

  t.test(`${engine}: ${option} is never written over a file that is no cache`, needsVulkan, async (t) => {
    const cache = join(t.testdir({ notes: 'my notes' }), 'notes')
    const { file } = await network('digits8-cnn', engine)
    await t.rejects(open(file, { device: 'vulkan', engineOptions: { [option]: cache } }), {
      code: 'TWINFER_INVALID_OPTION',
      message: /received something else/,
    })
    t.equal(readFileSync(cache, 'utf8'), 'my notes')
  })

  t.test(`${engine}: a damaged ${option} is refused or replaced, never followed`, needsVulkan, async (t) => {
    const cache = join(t.testdir({}), 'cache')
    const { file, input } = await network('digits8-cnn', engine)
    const settings = { device: 'vulkan', precision: 'fp32', engineOptions: { [option]: cache } } as const
    await (await open(file, settings)).dispose()
    const sound = readFileSync(cache)
    for (const position of [8, sound.length >> 1, sound.length - 9]) {
      const damaged = Buffer.from(sound)
      damaged[position]! ^= 0xff
      writeFileSync(cache, damaged)
      const model = await open(file, settings).catch((error) => error)
      if (model.code) {
        t.equal(model.code, 'TWINFER_INVALID_OPTION')
      } else {
        await model.run(input)
        await model.dispose()
      }
    }
    writeFileSync(cache, sound.subarray(0, sound.length >> 1))
    await open(file, settings).then(
      (model) => model.dispose(),
      (error) => t.equal(error.code, 'TWINFER_INVALID_OPTION'),
    )
  })

  t.test(
    `${engine}: ${option} needs a folder, and says on the CPU that it does nothing`,
    needsVulkan,
    async (t) => {
      const nowhere = join(t.testdir({}), 'missing', 'cache')
      const { file } = await network('digits8-cnn', engine)
      await t.rejects(open(file, { device: 'vulkan', engineOptions: { [option]: nowhere } }), {
        code: 'TWINFER_FILE_UNREADABLE',
      })
      await using model = await open(file, { engineOptions: { [option]: nowhere } })
      t.ok(model.effective.notes.some((note) => note.startsWith(`${option} has no effect on the CPU`)))
    },
  )
}

t.test('MNN: a gpuMode that its Vulkan backend would replace is refused', needsVulkan, async (t) => {
  const { file } = await network('digits8-cnn', 'mnn')
  await t.rejects(open(file, { device: 'vulkan', engineOptions: { gpuMode: 8 } }), {
    code: 'TWINFER_INVALID_OPTION',
    help: /1 does not tune/,
  })
  await using model = await open(file, { device: 'vulkan', engineOptions: { gpuMode: 513 } })
  t.equal(model.effective.options.gpuMode, 513)
})
