import { spawnSync } from 'node:child_process'
import t from 'tap'
import type { Effective } from 'twinfer'
import { engines, network } from '../helpers/networks.js'
import { projectPath } from '../helpers/projectPath.js'

const canBind = spawnSync('taskset', ['-c', '0', 'true']).status === 0
const bound = canBind ? {} : { skip: 'no taskset, or no CPU 0 here' }

t.test('a process that is bound to one CPU gets one thread, whatever the machine has', bound, async (t) => {
  for (const engine of engines) {
    const { file, input } = await network('tiny-ecapa-tdnn', engine)
    const source = `
      import { open, Tensor } from 'twinfer'
      const model = await open(${JSON.stringify(file)})
      model.runSync(Tensor.zeros(${JSON.stringify(input.shape)}))
      console.log(JSON.stringify(model.effective))`
    const node = ['-c', '0', process.execPath, '--input-type=module', '-e', source]
    const { stdout } = spawnSync('taskset', node, { cwd: projectPath('.'), encoding: 'utf8' })
    const { threads, threadsReason } = JSON.parse(stdout) as Effective
    t.equal(threads, 1, engine)
    t.match(threadsReason, /^1 thread of 1 core for /)
  }
})
