import { statSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fetchMnn } from './fetch-mnn.mjs'
import { output } from './tools.mjs'

// Beyond the public headers: core/TensorUtils.hpp tells NC4HW4 from NCHW (the public API cannot),
// and the schema is what the model verifier reads.
const headerFolders = [
  'include',
  'source',
  'schema/current',
  '3rd_party/flatbuffers/include',
  '3rd_party/half',
]
const headers = new Set(['.h', '.hpp', ''])

export const mnn = {
  name: 'mnn',
  fetch: fetchMnn,
  // MNN_USE_LOGCAT routes MNN_PRINT and MNN_ERROR to __android_log_print, which twinfer defines
  // (cpp/log); otherwise MNN prints to the process's stdout. Its CMake option works on Android only.
  cmakeArguments: (hooks) => [`-DCMAKE_CXX_FLAGS=-DMNN_USE_LOGCAT -I"${hooks}"`],
  install: async (source, build, prefix) => {
    output('mkdir', ['-p', join(prefix, 'lib')])
    output('cp', [join(build, 'libMNN.a'), join(prefix, 'lib')])
    for (const folder of headerFolders) {
      await cp(join(source, folder), join(prefix, 'include', folder), {
        recursive: true,
        filter: (file) => statSync(file).isDirectory() || headers.has(extname(file)),
      })
    }
  },
}
