/** MNNForwardType, with MNN's own values. This build has CPU and VULKAN; AUTO takes Vulkan where it starts. */
export const ForwardType = {
  CPU: 0,
  METAL: 1,
  CUDA: 2,
  OPENCL: 3,
  AUTO: 4,
  NN: 5,
  OPENGL: 6,
  VULKAN: 7,
  USER_0: 8,
  USER_1: 9,
  HEXAGON: 10,
  USER_3: 11,
  /** Never asked for: what a CPU session with AVX2, AVX-512 or ARM82 kernels reports. */
  CPU_EXTENSION: 13,
  MUSA: 15,
} as const

export type ForwardType = (typeof ForwardType)[keyof typeof ForwardType]
