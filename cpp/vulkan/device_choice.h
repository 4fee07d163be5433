#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gpu_info.h"

namespace twinfer {

// What RunnerOptions::device asks for; openModel has resolved 'auto' by then.
struct DeviceChoice {
    bool vulkan = false;
    std::optional<int> index; // of vulkan:<index>
};

// cpu, vulkan or vulkan:<index>. Throws TWINFER_INVALID_OPTION for any other word.
DeviceChoice parseDevice(const std::string& word);

// The device to run on. Without an index: the first discrete GPU, else the first integrated one, else the
// first device. `engine` is for messages. Throws TWINFER_DEVICE_UNAVAILABLE when there is none, or none
// with that index.
int chooseGpu(const DeviceChoice& choice, const std::vector<GpuInfo>& gpus, const char* engine);

} // namespace twinfer
