import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Html, html, trusted } from './html.js'

/** One page without any other file, which opens from disk and reaches no network. */
export interface Page {
  readonly title: string
  readonly heading: Html
  /** When what it shows was found out, as ISO 8601. */
  readonly created: string
  readonly main: Html
}

/** The same page and assets give the same text, byte for byte. */
export function renderPage({ title, heading, created, main }: Page, assets: PageAssets): string {
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
<h1>${heading}</h1>
<p class="muted"><time datetime="${created}">${created}</time></p>
</div>
<button type="button" id="theme" hidden>Dark</button>
</header>
<main>
${main}
</main>
<script>${trusted(assets.script)}</script>
</body>
</html>`}\n`
}

/** What it ran on: without it nobody can run it again. */
export function environmentSection(environment: Readonly<Record<string, string>>): Html {
  const entries = Object.entries(environment)
  return html`<section>
<h2>Versions</h2>
<dl>${entries.map(([key, value]) => html`<div><dt>${key}</dt><dd>${value}</dd></div>`)}</dl>
</section>`
}

/** The page's own files, in the order in which they are needed. */
const scripts = [
  'colours',
  'plot',
  'histogram',
  'ulp',
  'scatter',
  'layers',
  'settings',
  'theme',
  'main',
] as const

export interface PageAssets {
  readonly style: string
  readonly script: string
}

/** Of a page without plots, which needs no script. */
export function textAssets(): PageAssets {
  return { style: own('page.css'), script: '' }
}

/**
 * Of a page with plots. Everything goes into it: it must open from disk, on a machine without network. The page passes uPlot on,
 * so uPlot's licence is in it.
 */
export function plotAssets(): PageAssets {
  return {
    style: [library('dist/uPlot.min.css'), own('page.css')].join('\n'),
    script: [
      `/*\n${library('LICENSE')}*/`,
      library('dist/uPlot.iife.min.js'),
      ...scripts.map((name) => own(`${name}.js`)),
    ].join('\n'),
  }
}

function own(name: string): string {
  return readFileSync(new URL(`../../../assets/report/${name}`, import.meta.url), 'utf8')
}

function library(name: string): string {
  return readFileSync(createRequire(import.meta.url).resolve(`uplot/${name}`), 'utf8')
}

/**
 * A Content-Security-Policy under which the page reaches no network, and only the package's own script and
 * style count: what a model's name might smuggle in would not run.
 */
function securityPolicy({ style, script }: PageAssets): string {
  return [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
