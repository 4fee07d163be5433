/** A Vulkan device as one engine sees it. */
export interface NativeGpu {
  /** Of `device: 'vulkan:<index>'`: the system's order. */
  readonly index: number
  readonly name: string
  readonly type: 'discrete' | 'integrated' | 'virtual' | 'cpu' | 'other'
  readonly apiVersion: string
  readonly driverVersion: string
  readonly vendorId: number
  readonly deviceId: number
  readonly fp16Storage: boolean
  readonly fp16Arithmetic: boolean
  readonly int8Storage: boolean
  readonly subgroupSize: number
}
