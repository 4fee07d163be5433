/** Counts work that a disposal has to wait for. */
export class InFlight {
  #count = 0
  #idle: (() => void)[] = []

  async track<T>(work: Promise<T>): Promise<T> {
    this.#count++
    try {
      return await work
    } finally {
      this.#leave()
    }
  }

  /** Resolves when nothing is in flight. */
  drained(): Promise<void> {
    if (this.#count === 0) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  #leave() {
    if (--this.#count > 0) return
    for (const resolve of this.#idle.splice(0)) resolve()
  }
}
