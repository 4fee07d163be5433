#!/usr/bin/env node
// Writes what `twinfer diagnose` says of each of the five founding reports into docs/diagnosis.md, between the marks of each
// report: runs the script in examples/reports and the command that it ends in. A report whose network is not there keeps
// what stands there.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { projectRoot } from './engines/paths.mjs'

const page = join(projectRoot, 'docs/diagnosis.md')
const reports = join(projectRoot, 'examples/reports')
let text = readFileSync(page, 'utf8')
for (const entry of readdirSync(reports, { withFileTypes: true }).filter((one) => one.isDirectory())) {
  const marks = RegExp(`(<!-- screen: ${entry.name} -->\n)[\\s\\S]*?(<!-- /screen -->)`)
  if (!marks.test(text)) throw new Error(`expected the marks of ${entry.name} in ${page}, received none`)
  const folder = `build/reports/${entry.name}`
  const command = run(join(reports, entry.name, 'make.mjs'), folder)
    .trimEnd()
    .split('\n')
    .at(-1)
  if (!command.startsWith('twinfer ')) {
    console.error(`${entry.name}: ${command}`)
    continue
  }
  const screen = run(join(projectRoot, 'bin/twinfer.js'), ...command.split(' ').slice(1))
  text = text.replace(
    marks,
    (_, open, close) => `${open}\`\`\`\n$ ${wrapped(command)}\n${shown(screen)}\n\`\`\`\n${close}`,
  )
}
writeFileSync(page, text)

function run(script, ...args) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, ...args], {
    cwd: projectRoot,
    encoding: 'utf8',
  })
  if (status === null || status > 1)
    throw new Error(`expected ${script} to run, received ${status}: ${stderr}`)
  return stdout
}

/** A command with an option a line. */
function wrapped(command) {
  return command
    .split(/ (?=--)/)
    .map(shown)
    .join(' \\\n    ')
}

/** Without the folder of this checkout. */
function shown(words) {
  const shared = process.env.TWINFER_SHARED ?? join(dirname(projectRoot), 'shared')
  return words
    .replaceAll(`${projectRoot}/`, '')
    .replaceAll(shared, '../shared')
    .replaceAll(/[ \t]+$/gm, '')
    .replaceAll(/^(.{157}).{3,}$/gm, '$1…')
    .trimEnd()
}
