#!/usr/bin/env node
// Prints the software bill of materials as CycloneDX: npm's own of the packages that an installation brings, and the sources that
// the addon and format.wasm are built from, with the hashes that they are checked against. Works without network.
//   npm run -s sbom > twinfer.cdx.json
import { spawnSync } from 'node:child_process'
import { pins, projectRoot } from './engines/paths.mjs'

const listed = spawnSync(
  'npm',
  ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only'],
  {
    cwd: projectRoot,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  },
)
if (listed.status !== 0)
  throw new Error(`npm sbom: ${listed.error ?? ''}${listed.stderr}${listed.stdout.slice(0, 1000)}`)
const bill = JSON.parse(listed.stdout)
const { component } = bill.metadata
component.name = 'twinfer' // npm takes the folder's
const built = [
  sourceOf(`pkg:pypi/ncnn@${pins.ncnn.requirement.split('==')[1]}`, 'ncnn', pins.ncnn, 'BSD-3-Clause'),
  sourceOf(
    `pkg:cargo/${pins.mnn.crate}@${/-(\d[\d.]*)\.crate$/.exec(pins.mnn.archive)[1]}`,
    'MNN',
    pins.mnn,
    'Apache-2.0',
  ),
  sourceOf(`pkg:pypi/ziglang@${pins.ziglang.version}`, 'ziglang', pins.ziglang, 'MIT', 'excluded'),
]
bill.components.push(...built)
const own = bill.dependencies.find(({ ref }) => ref === component['bom-ref'])
own.dependsOn.push(...built.map((one) => one['bom-ref']))
bill.dependencies.push(...built.map((one) => ({ ref: one['bom-ref'], dependsOn: [] })))
process.stdout.write(`${JSON.stringify(bill, null, 2)}\n`)

/** `excluded`: it builds something, and nothing of it but its C library is in the package. */
function sourceOf(purl, name, { version, sha256 }, licence, scope = 'required') {
  const hashes = typeof sha256 === 'string' ? [sha256] : Object.values(sha256)
  return {
    'bom-ref': purl,
    type: 'library',
    name,
    version,
    scope,
    purl,
    hashes: hashes.map((content) => ({ alg: 'SHA-256', content })),
    licenses: [{ license: { id: licence } }],
  }
}
