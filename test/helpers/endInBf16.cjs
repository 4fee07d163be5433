// Preloaded: a run in bf16 ends the process from now on, as a fault of an engine would. Models that an engine crashes on are
// refused as soon as they are known, so no test can rely on one.
let addon
try {
  addon = require(process.env.TWINFER_ADDON || require('node-gyp-build').path(`${__dirname}/../..`))
} catch {
  // The package says what is wrong with it.
}

if (addon) {
  const { Runner } = addon
  const end = { value: () => process.kill(process.pid, 'SIGSEGV') }
  addon.Runner = {
    async open(request) {
      const runner = await Runner.open(request)
      return request.precision === 'bf16' ? Object.defineProperty(runner, 'runSync', end) : runner
    },
  }
}
