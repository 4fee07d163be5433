// The addon is made for Node-API, which Deno and Bun have too, each in its own way: a hook that is removed twice
// is nothing to Node and the end of the process to Deno.
import t from 'tap'
import { isSanitized } from '../helpers/patience.js'
import { projectPath } from '../helpers/projectPath.js'
import { runIn, runtimes } from '../helpers/runtimes.js'

for (const { name, command } of runtimes) {
  const skip = isSanitized
    ? 'the sanitizers are for Node'
    : command
      ? false
      : `${name} is not installed: npm run runtimes:install`
  t.test(`${name} runs both engines, ends threads under them and exits cleanly`, { skip }, async (t) => {
    const { status, signal, stdout, stderr } = runIn(command!, projectPath('test/helpers/everyRuntime.mjs'))
    t.same({ status, signal, stdout, stderr }, { status: 0, signal: null, stdout: 'ok\n', stderr: '' })
  })
}
