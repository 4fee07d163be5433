#include "gpu_info.h"

namespace twinfer {

std::string deviceName(const GpuInfo& gpu) {
    return "vulkan:" + std::to_string(gpu.index) + " " + gpu.name;
}

std::string vulkanVersion(unsigned version) {
    return std::to_string(version >> 22 & 0x7f) + "." + std::to_string(version >> 12 & 0x3ff) + "." +
           std::to_string(version & 0xfff);
}

const char* gpuTypeName(int kind) {
    constexpr const char* kNames[] = {"discrete", "integrated", "virtual", "cpu"};
    return kind >= 0 && kind < 4 ? kNames[kind] : "other";
}

} // namespace twinfer
