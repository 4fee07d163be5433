import { InvalidArgumentError } from 'commander'
import type { Device } from '../models/ModelOptions.js'

/** `cpu`, `auto`, `vulkan` or `vulkan:INDEX`. */
export function parseDevice(text: string): Device {
  if (/^(cpu|auto|vulkan(:\d+)?)$/.test(text)) return text as Device
  throw new InvalidArgumentError('Expected cpu, auto, vulkan or vulkan:INDEX.')
}
