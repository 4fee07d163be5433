import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/** The page's own files, in the order in which they are needed. */
const scripts = ['colours', 'plot', 'histogram', 'ulp', 'scatter', 'layers', 'theme', 'main'] as const

export interface PageAssets {
  readonly style: string
  readonly script: string
}

/**
 * Everything goes into the page: it must open from disk, on a machine without network. The page passes uPlot on,
 * so uPlot's licence is in it.
 */
export function readPageAssets(): PageAssets {
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
