#!/usr/bin/env node
// Prints the software bill of materials as CycloneDX: npm's own of the packages that an installation brings, and the sources that
// the addon and format.wasm are built from, with the hashes that they are checked against. Works without network.
//   npm run -s sbom > twinfer.cdx.json
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pins, projectRoot } from './engines/paths.mjs'

// Not `--omit dev`: npm 11 then leaves out what a development dependency needs as well (cli-table3, yaml).
const listed = spawnSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
  cwd: projectRoot,
  encoding: 'utf8',
  maxBuffer: 1 << 26,
})
if (listed.status !== 0)
  throw new Error(`npm sbom: ${listed.error ?? ''}${listed.stderr}${listed.stdout.slice(0, 1000)}`)
const bill = JSON.parse(listed.stdout)
const { component } = bill.metadata
component.name = 'twinfer' // npm takes the folder's
const installed = installedWith(component['bom-ref'])
bill.components = bill.components.filter((one) => installed.has(one['bom-ref']))
bill.dependencies = bill.dependencies
  .filter(({ ref }) => installed.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => installed.has(other)) }))
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

/** The package itself, and all that its dependencies bring. */
function installedWith(root) {
  const { dependencies } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'))
  const needs = new Map(bill.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]))
  const nameOf = (ref) => ref.slice(0, ref.lastIndexOf('@'))
  const found = new Set([root])
  const waiting = needs.get(root).filter((ref) => Object.hasOwn(dependencies, nameOf(ref)))
  for (let ref = waiting.pop(); ref !== undefined; ref = waiting.pop()) {
    if (found.has(ref)) continue
    found.add(ref)
    waiting.push(...(needs.get(ref) ?? []))
  }
  return found
}

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
