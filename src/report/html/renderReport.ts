import { basename } from 'node:path'
import { overallVerdict } from '../document/overallVerdict.js'
import { shortenPaths } from '../document/shortenPaths.js'
import { html, trusted } from './html.js'
import { type PageAssets, readPageAssets } from './pageAssets.js'
import type { ReportInput } from './ReportInput.js'
import { badge } from './sections/badge.js'
import { candidateSection } from './sections/candidateSection.js'
import { environmentSection } from './sections/environmentSection.js'
import { glossarySection } from './sections/glossarySection.js'
import { settingsSection } from './sections/settingsSection.js'
import { summarySection } from './sections/summarySection.js'
import { voteSection } from './sections/voteSection.js'
import { securityPolicy } from './securityPolicy.js'

/** The comparison as one page without any other file, which opens from disk and reaches no network. */
export function renderReport(input: ReportInput, assets: PageAssets = readPageAssets()): string {
  const { series, created } = input
  const comparison = shortenPaths(input.comparison)
  const { reference, candidates, vote } = comparison
  const word = overallVerdict(candidates)
  const title = `${basename(reference.model)}: ${word}`
  return `${html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${securityPolicy(assets)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title} – twinfer</title>
<style>${trusted(assets.style)}</style>
</head>
<body>
<header class="page">
<div>
<h1>Comparison with <bdi>${basename(reference.model)}</bdi> ${badge(word)}</h1>
<p class="muted"><time datetime="${created}">${created}</time></p>
</div>
<button type="button" id="theme" hidden>Dark</button>
</header>
<main>
<noscript><p>The plots need JavaScript. All figures are in the tables.</p></noscript>
${summarySection(comparison)}
${vote && voteSection(vote)}
${candidates.map((candidate, at) => candidateSection(candidate, at, series[at] ?? {}))}
${settingsSection(comparison)}
${environmentSection(input.environment)}
${glossarySection()}
</main>
<script>${trusted(assets.script)}</script>
</body>
</html>`}\n`
}
