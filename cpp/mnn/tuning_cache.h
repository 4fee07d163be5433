#pragma once

#include <string>

namespace twinfer::mnn {

// Throws TWINFER_INVALID_OPTION for a gpuMode that MNN's Vulkan backend would replace by its default with
// no more than a line in the log (VulkanRuntime.cpp:109).
void checkTuningMode(int mode);

// Throws TWINFER_INVALID_OPTION for a file that exists and is no tuning cache: MNN would write over it, or
// follow the null pointers of a damaged one. TWINFER_FILE_UNREADABLE where nothing can be written.
void checkTuningCache(const std::string& path);

} // namespace twinfer::mnn
