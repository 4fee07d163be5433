#pragma once

#include <string>
#include <utility>
#include <vector>

namespace twinfer {

// Instruction sets that the engines' kernels are chosen by, under the names of /proc/cpuinfo where there
// is one: those of this build's architecture.
std::vector<std::pair<std::string, bool>> cpuFeatures();

struct GpuInfo {
    int index;
    std::string name;
    std::string type;
    std::string apiVersion;
    std::string driverVersion;
    unsigned vendorId;
    unsigned deviceId;
    bool fp16Storage;
    bool fp16Arithmetic;
    bool int8Storage;
    unsigned subgroupSize;
};

// Starts Vulkan on first use; empty where there is none.
std::vector<GpuInfo> gpus();

} // namespace twinfer
