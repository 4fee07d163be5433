#!/usr/bin/env node
// The command line runs in a child process: if an engine crashes, this one is left to say so.
import { fileURLToPath } from 'node:url'
import { supervise } from '../dist/cli/supervise.js'

const child = fileURLToPath(new URL('../dist/cli/child.js', import.meta.url))
process.exitCode = await supervise(child, process.argv.slice(2))
