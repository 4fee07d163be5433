import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'

/**
 * Answers what a WatchedChild asks, in the child. `answer` gets the request, and a function to say what it is about to do:
 * what was said last is where a crash was. What it says and what it returns become one object.
 */
export async function answerRequests(answer) {
  // Not on stdout: engines print there.
  const say = (message) => writeSync(3, `${JSON.stringify(message)}\n`)
  for await (const line of createInterface({ input: process.stdin }))
    say({ ...(await answer(JSON.parse(line), say)), step: 'done' })
}
