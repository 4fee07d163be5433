import { addonPath } from '../../native/loadAddon.js'
import { native } from '../../native/native.js'
import { errorDocument } from '../CommandResult.js'

// A process of its own: each finding is sent as soon as it is known, so that the parent can tell how far
// this came before a CPU instruction or a driver ended it.
try {
  process.send?.({ path: addonPath() })
  const addon = native()
  process.send?.({ versions: addon.versions })
  process.send?.({ cpu: addon.ncnn.cpu() })
  process.send?.({ vulkanLibrary: addon.vulkanLibrary() })
  const ncnn = addon.ncnn.gpus()
  process.send?.({ gpus: { ncnn } })
  process.send?.({ gpus: { ncnn, mnn: addon.mnn.gpus() } })
} catch (error) {
  const { code, message, help } = errorDocument(error)
  // The advice to run doctor is for everybody else.
  const advice = help.replace(/^Run `npx twinfer doctor`[^.]*\.\s*/, '')
  process.send?.({ problem: { message: `${code}: ${message}`, help: advice } })
}
