#pragma once

#include <string>
#include <utility>
#include <vector>

#include "../vulkan/gpu_info.h"

namespace twinfer {

// Instruction sets that the engines' kernels are chosen by, under the names of /proc/cpuinfo where there
// is one: those of this build's architecture.
std::vector<std::pair<std::string, bool>> cpuFeatures();

// ncnn's Vulkan devices. Starts Vulkan on first use; empty where there is none.
std::vector<GpuInfo> gpus();

} // namespace twinfer
