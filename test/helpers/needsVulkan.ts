import { gpuInfo } from 'twinfer/ncnn'

/** Options of a test that needs a Vulkan device; Mesa's lavapipe, which needs no GPU, is one. */
export const needsVulkan =
  gpuInfo().length > 0 ? {} : { skip: 'no Vulkan device on this machine (mesa-vulkan-drivers brings one)' }
