// The addon contains other people's work: what THIRD_PARTY_NOTICES leaves out is a licence broken.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { projectPath } from '../helpers/projectPath.js'

const notices = readFileSync(projectPath('THIRD_PARTY_NOTICES'), 'utf8')
const parts = [
  'ncnn 20261020',
  'glslang',
  'MNN 3.6.1',
  'Parts of TensorFlow in MNN',
  'FlatBuffers',
  'half',
  'Vulkan headers and loader wrapper',
  'libyuv (CPU detection)',
  'Skia (matrices, rectangles and vectors)',
  'node-addon-api',
  'libstdc++ and libgcc',
  'wasi-libc',
  'musl',
  'libc++ and libc++abi',
]

for (const part of parts) {
  t.test(`the notices have a section on ${part} with its licence and holder`, async (t) => {
    const section = notices.split(`${'='.repeat(80)}\n`).find((text) => text.startsWith(`${part}\n`))
    t.match(section, /\nLicence: \S+.*\nCopyright: \S+/)
  })
}

t.test('every licence that is referred to is printed', async (t) => {
  for (const phrase of [
    'Apache License\n                           Version 2.0',
    'GCC RUNTIME LIBRARY EXCEPTION',
    'GNU GENERAL PUBLIC LICENSE',
    'Neither the name of the copyright holder',
    'Permission is hereby granted, free of charge',
    "This software is provided 'as-is'",
  ]) {
    t.ok(notices.includes(phrase), phrase)
  }
})

t.test('engine versions in the notices are the pinned ones', async (t) => {
  const pins = JSON.parse(readFileSync(projectPath('cmake/pins.json'), 'utf8'))
  t.ok(notices.includes(`ncnn ${pins.ncnn.version}\n`))
  t.ok(notices.includes(`MNN ${pins.mnn.version}\n`))
})

t.test('the notices are what scripts/notices.mjs writes', async (t) => {
  if (!existsSync(projectPath('scripts/notices.mjs'))) return t.pass('needs a git checkout', { skip: true })
  const checked = spawnSync(process.execPath, [projectPath('scripts/notices.mjs'), '--check'], {
    encoding: 'utf8',
  })
  if (checked.status === 3) return t.pass("needs the engines' sources in the cache", { skip: true })
  t.equal(checked.status, 0, checked.stderr)
})
