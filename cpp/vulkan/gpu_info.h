#pragma once

#include <string>
#include <vector>

namespace twinfer {

// One Vulkan device as an engine sees it. `index` is its place in the system's order, for both engines.
struct GpuInfo {
    int index;
    std::string name;
    std::string type; // discrete | integrated | virtual | cpu | other
    std::string apiVersion;
    std::string driverVersion;
    unsigned vendorId;
    unsigned deviceId;
    bool fp16Storage;
    bool fp16Arithmetic;
    bool int8Storage;
    unsigned subgroupSize;
};

// "vulkan:0 NAME", which tells two cards of one kind apart.
std::string deviceName(const GpuInfo& gpu);

// "1.3.230": Vulkan packs versions as 10.10.12 bits below a 3-bit variant.
std::string vulkanVersion(unsigned version);

// The word for a VkPhysicalDeviceType that is not VK_PHYSICAL_DEVICE_TYPE_OTHER comes from `kind` 0 … 3:
// discrete, integrated, virtual, cpu.
const char* gpuTypeName(int kind);

} // namespace twinfer
