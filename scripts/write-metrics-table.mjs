#!/usr/bin/env node
// Writes the table of what is measured of each output into docs/comparing.md, from the one list of metrics
// (src/compare/measure/outputMetrics.ts). `--check` only says whether it is what stands there.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { outputMetrics } from '../dist/compare/measure/outputMetrics.js'
import { projectRoot } from './engines/paths.mjs'

const file = join(projectRoot, 'docs/comparing.md')
const text = readFileSync(file, 'utf8')
const rows = Object.entries(outputMetrics).map(
  ([key, { title, meaning }]) => `| \`${key}\` | ${title} | ${meaning.replaceAll('|', '\\|')} |\n`,
)
const table = `| number (\`--json\`, \`--csv\`) | title | what it is, and how to read it |\n|---|---|---|\n${rows.join('')}`
const written = text.replace(/(<!-- metrics: .* -->\n)[\s\S]*(<!-- \/metrics -->)/, `$1${table}$2`)
if (!process.argv.includes('--check')) writeFileSync(file, written)
else if (written !== text) {
  console.error('docs/comparing.md has another table of metrics: run `npm run docs:metrics`')
  process.exitCode = 1
}
