import { random } from '../lib/mutations.mjs'

/** What chance decides in one case: the same for the same words. */
export class Draw {
  constructor(...words) {
    let hash = 0x811c9dc5
    for (const letter of words.join('\0')) hash = Math.imul(hash ^ letter.codePointAt(0), 0x01000193) >>> 0
    this.next = random(hash)
  }

  pick(list) {
    return list[Math.floor(this.next() * list.length)]
  }

  between(low, high) {
    return low + this.next() * (high - low)
  }

  /** A whole number, both ends included. */
  int(low, high) {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  chance(share) {
    return this.next() < share
  }

  normal() {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next())
  }

  /** In an order of its own, the list untouched. */
  shuffled(list) {
    const rest = [...list]
    return list.map(() => rest.splice(Math.floor(this.next() * rest.length), 1)[0])
  }
}
