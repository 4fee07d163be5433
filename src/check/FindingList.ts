import type { FormatFindings } from '../file/FormatFindings.js'
import type { StoredAs } from '../file/storages.js'
import type { WeightComparison } from './against/WeightComparison.js'
import type { Finding, FindingCode, Severity } from './Finding.js'

/** A damaged file can be wrong in a million places; nobody reads more of one kind than this. */
const mostOfOne = 50

const severities: readonly Severity[] = ['error', 'warning', 'info']

interface FindingPlace {
  readonly layer?: string | null
  readonly offset?: number | null
  readonly help?: string
}

/** Collects the findings of one file. */
export class FindingList {
  private readonly findings: Finding[] = []
  private readonly counts = new Map<string, number>()

  constructor(readonly file: string) {}

  /** Those of several files, most severe first; within the same, in the order they were found. */
  static merge(...lists: readonly FindingList[]): readonly Finding[] {
    const all = lists.flatMap((list) => list.all())
    return severities.flatMap((severity) => all.filter((finding) => finding.severity === severity))
  }

  error(code: FindingCode, message: string, place?: FindingPlace): void {
    this.add('error', code, message, place)
  }

  warning(code: FindingCode, message: string, place?: FindingPlace): void {
    this.add('warning', code, message, place)
  }

  info(code: FindingCode, message: string, place?: FindingPlace): void {
    this.add('info', code, message, place)
  }

  /** What cpp/format found, whose codes are those of `check`; a line stands in front of its message. */
  addAll({ all, more }: FormatFindings): void {
    for (const { code, severity, message, line, layer, offset, help } of all) {
      const placed = line === null ? message : `line ${line}: ${message}`
      this.add(severity, code as FindingCode, placed, { layer, offset, help })
    }
    for (const { code, severity, count } of more) this.count(severity, code as FindingCode, count)
  }

  /** No error; with `strict` no warning either. */
  isOk(strict: boolean): boolean {
    return this.findings.every(({ severity }) => severity === 'info' || (severity === 'warning' && !strict))
  }

  private all(): readonly Finding[] {
    const beyond = [...this.counts].filter(([, count]) => count > mostOfOne)
    return [...this.findings, ...beyond.map(([key, count]) => this.rest(key, count - mostOfOne))]
  }

  private add(
    severity: Severity,
    code: FindingCode,
    message: string,
    { layer = null, offset = null, help }: FindingPlace = {},
  ): void {
    if (this.count(severity, code, 1) > mostOfOne) return
    const { file } = this
    this.findings.push({
      code,
      severity,
      layer,
      offset,
      file,
      message,
      ...(help !== undefined && help !== '' && { help }),
    })
  }

  /** How many there are of one kind, with `more`. */
  private count(severity: Severity, code: FindingCode, more: number): number {
    const key = `${severity} ${code}`
    const count = (this.counts.get(key) ?? 0) + more
    this.counts.set(key, count)
    return count
  }

  private rest(key: string, count: number): Finding {
    const [severity, code] = key.split(' ') as [Severity, FindingCode]
    const message = `${count} more findings with the code ${code}`
    return { code: 'more', severity, layer: null, offset: null, file: this.file, message }
  }
}

/** What reading the files of a model gave: those of the network first, then those of its weights. */
export interface FileCheck {
  readonly findings: readonly FindingList[]
  /** Their names. */
  readonly layers: readonly string[]
  /** Of weights. */
  readonly tensors: number
  readonly bytes: number
  readonly storages: readonly StoredAs[]
  /** What the source model says of them. */
  readonly compared: WeightComparison
}
