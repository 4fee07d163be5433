import { join } from 'node:path'
import { fetchNcnn } from './fetch-ncnn.mjs'
import { pins } from './paths.mjs'
import { output } from './tools.mjs'

export const ncnn = {
  name: 'ncnn',
  fetch: fetchNcnn,
  cmakeArguments: (hooks) => [
    `-DNCNN_VERSION=${pins.ncnn.version}`,
    `-DCMAKE_CXX_FLAGS=-include "${join(hooks, 'ncnn_log_hook.h')}"`,
  ],
  install: (source, build, prefix) => {
    output('cmake', ['--install', build])
    output('cp', [join(source, 'LICENSE.txt'), join(prefix, 'LICENSE')])
  },
}
