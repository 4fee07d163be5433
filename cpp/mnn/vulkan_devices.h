#pragma once

#include <vector>

#include "../vulkan/gpu_info.h"

namespace twinfer::mnn {

// The Vulkan devices that MNN's own loader finds; [] where there is none. Asked once a process.
const std::vector<GpuInfo>& gpus();

// While one is alive, every runtime that this thread creates takes the device of that index. MNN itself
// has no choice but the first one.
class UseVulkanDevice {
  public:
    explicit UseVulkanDevice(int index);
    ~UseVulkanDevice();
    UseVulkanDevice(const UseVulkanDevice&) = delete;
    UseVulkanDevice& operator=(const UseVulkanDevice&) = delete;

  private:
    const int outer_;
};

} // namespace twinfer::mnn
