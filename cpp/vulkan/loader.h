#pragma once

#include <string>

namespace twinfer {

// The file of the system's Vulkan loader (libvulkan), or "" where there is none.
std::string vulkanLibrary();

// What was looked for, for the message of an error that no device was found: "the Vulkan loader … found
// no driver (VK_ICD_FILENAMES is …)" or "neither libvulkan.so nor libvulkan.so.1 was found".
std::string describeVulkanSearch();

} // namespace twinfer
