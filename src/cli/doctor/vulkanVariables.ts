/** What tells the Vulkan loader, and ncnn, which drivers there are. */
const names = ['VK_ICD_FILENAMES', 'VK_DRIVER_FILES', 'VK_ADD_DRIVER_FILES', 'NCNN_VULKAN_DRIVER']

/** Those of them that are set. */
export function vulkanVariables(): Readonly<Record<string, string>> {
  const set = names.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries(set)
}
