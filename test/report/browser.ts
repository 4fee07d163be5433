/// <reference lib="dom" />
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'puppeteer-core'
import t from 'tap'
import { renderReport } from '../../dist/report/html/renderReport.js'
import { junitXml } from '../../dist/report/junitXml.js'
import { chromiumPath, launchChromium } from '../helpers/chromium.js'
import { isSanitized } from '../helpers/patience.js'
import { reportInput } from '../helpers/report.js'

const chromium = isSanitized ? undefined : chromiumPath()

const skip =
  chromium === undefined && (isSanitized ? 'the sanitizers are for Node' : 'chromium is not installed')
const browser = chromium === undefined ? undefined : await launchChromium(chromium)
t.teardown(() => browser?.close())

const file = join(t.testdir(), 'report.html')
writeFileSync(file, renderReport(reportInput()))

t.test('draws every plot without an error or a request', { skip }, async (t) => {
  const { page, troubles, requests } = await open()
  t.strictSame(troubles, [])
  t.strictSame(requests, [pathToFileURL(file).href])
  const drawn = await page.$$eval('.plot canvas', inkOf)
  t.equal(drawn.length, 3 * 3 + 1, 'histogram, scatter and ULP of three outputs, one layer curve')
  t.ok(
    drawn.every((pixels) => pixels > 500),
    drawn.join(' '),
  )
  t.equal(await page.evaluate(() => document.querySelectorAll('img').length), 0, 'names are no markup')
  await page.close()
})

t.test(
  'tells the layer under the cursor, by mouse and by keyboard, and nothing moves',
  { skip },
  async (t) => {
    const { page } = await open()
    const plot = (await page.$('.layers .plot'))!
    await plot.scrollIntoView()
    const box = (await plot.boundingBox())!
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    await page.waitForFunction(() => document.querySelector('.layers output')?.textContent !== '')
    t.match(
      await readout(page, '.layers'),
      /^3\d: .*conv \(Convolution\), blob 13\d \[96, 14, 14\]: as it ran \S+ dB, alone \S+ dB/,
    )
    await new Promise((seen) => setTimeout(seen, 100))
    t.equal(await page.evaluate(() => (window as { shift?: number }).shift), 0)
    await plot.focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await page.waitForFunction(() => document.querySelector('.layers output')?.textContent?.startsWith('2:'))
    t.match(await readout(page, '.layers'), 'alone identical')
    await page.close()
  },
)

t.test('tells the coordinates and both values of the nearest element', { skip }, async (t) => {
  const { page } = await open()
  await page.focus('.scatter .plot')
  await page.keyboard.press('End')
  await page.waitForFunction(() => document.querySelector('.scatter output')?.textContent !== '')
  t.match(await readout(page, '.scatter'), /^\[0, \d, \d+, \d+\]: reference \S+, candidate \S+, error \S+$/)
  await page.close()
})

for (const theme of ['light', 'dark'] as const) {
  t.test(`has text of enough contrast in the ${theme} theme`, { skip }, async (t) => {
    const { page } = await open({ theme })
    await page.$$eval('details', (all) => all.map((details) => details.setAttribute('open', '')))
    t.strictSame(await page.evaluate(lowContrasts), [])
    await page.close()
  })
}

t.test('changes the theme of text and plots by its button', { skip }, async (t) => {
  const { page } = await open({ theme: 'light' })
  const look = () =>
    page.evaluate(() => [
      getComputedStyle(document.body).backgroundColor,
      (document.querySelector('.plot canvas') as HTMLCanvasElement).toDataURL(),
    ])
  const light = await look()
  await page.click('#theme')
  await page.waitForFunction(() => document.getElementById('theme')?.textContent === 'Light')
  const dark = await look()
  t.not(dark[0], light[0])
  t.ok(dark[1] !== light[1], 'the plots are drawn again')
  await page.close()
})

for (const width of [360, 1600]) {
  t.test(`does not scroll sideways at ${width} px`, { skip }, async (t) => {
    const { page } = await open({ width })
    t.equal(await page.evaluate(() => document.documentElement.scrollWidth), width)
    await page.close()
  })
}

t.test('has one first heading, and no level is skipped', { skip }, async (t) => {
  const { page } = await open()
  const levels = await page.$$eval('h1, h2, h3, h4', (all) => all.map(({ tagName }) => Number(tagName[1])))
  t.equal(levels.filter((level) => level === 1).length, 1)
  t.ok(
    levels.every((level, at) => level <= (levels[at - 1] ?? 0) + 1),
    levels.join(' '),
  )
  await page.close()
})

t.test('reads the JUnit file as XML', { skip }, async (t) => {
  const { page } = await open()
  const { comparison, created, environment } = reportInput()
  const found = await page.evaluate(
    (xml) => {
      const tree = new DOMParser().parseFromString(xml, 'application/xml')
      return ['parsererror', 'testcase', 'failure', 'error'].map((tag) => tree.querySelectorAll(tag).length)
    },
    junitXml(comparison, { created, environment }),
  )
  t.strictSame(found, [0, 4, 2, 1])
  await page.close()
})

interface Look {
  readonly width?: number
  readonly theme?: 'light' | 'dark'
}

async function open({ width = 1280, theme = 'light' }: Look = {}) {
  const page = await browser!.newPage()
  const troubles: string[] = []
  const requests: string[] = []
  page.on('console', (message) => troubles.push(message.text()))
  page.on('pageerror', (error) => troubles.push(String(error)))
  page.on('dialog', (dialog) => troubles.push(dialog.message()))
  page.on('request', (request) => requests.push(request.url()))
  await page.setViewport({ width, height: 900 })
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }])
  await page.evaluateOnNewDocument(countLayoutShift)
  await page.goto(pathToFileURL(file).href)
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))
  return { page, troubles, requests }
}

function readout(page: Page, panel: string): Promise<string> {
  return page.$eval(`${panel} output`, ({ textContent }) => textContent ?? '')
}

// What follows runs in the page.

function countLayoutShift(): void {
  const shifted = window as { shift?: number }
  shifted.shift = 0
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      shifted.shift! += (entry as PerformanceEntry & { value: number }).value
  }).observe({ type: 'layout-shift', buffered: true })
}

/** For each canvas the number of pixels that something was painted on. */
function inkOf(canvases: Element[]): number[] {
  return (canvases as HTMLCanvasElement[]).map((canvas) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
    return data.filter((value, at) => at % 4 === 3 && value > 0).length
  })
}

/** Texts whose contrast with what is behind them is below the 4.5 of WCAG 2 AA. */
function lowContrasts(): string[] {
  const rgba = (colour: string) => {
    const [r = 0, g = 0, b = 0, a = 1] = colour.match(/[\d.]+/g)?.map(Number) ?? []
    return { rgb: [r, g, b], a }
  }
  const luminance = (rgb: number[]) => {
    const [r, g, b] = rgb.map((value) => {
      const share = value / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
  }
  const behind = (element: Element | null): number[] => {
    if (!element) return [255, 255, 255]
    const { rgb, a } = rgba(getComputedStyle(element).backgroundColor)
    return a === 1 ? rgb : behind(element.parentElement)
  }
  const low: string[] = []
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement!
    if (!texts.currentNode.textContent?.trim() || element.closest('script, noscript')) continue
    const [text, ground] = [rgba(getComputedStyle(element).color).rgb, behind(element)].map(luminance)
    const contrast = (Math.max(text!, ground!) + 0.05) / (Math.min(text!, ground!) + 0.05)
    if (contrast < 4.5) low.push(`${contrast.toFixed(2)} ${element.outerHTML.slice(0, 80)}`)
  }
  return low
}
