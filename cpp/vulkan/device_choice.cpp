#include "device_choice.h"

#include "../error.h"
#include "loader.h"

namespace twinfer {

namespace {

const std::string kVulkan = "vulkan";
const std::string kIndexed = "vulkan:";

int indexOf(const std::string& digits) {
    const bool number =
        !digits.empty() && digits.size() < 5 && digits.find_first_not_of("0123456789") == std::string::npos;
    return number ? std::stoi(digits) : -1;
}

} // namespace

DeviceChoice parseDevice(const std::string& word) {
    DeviceChoice choice;
    if (word == "cpu") return choice;
    choice.vulkan = true;
    if (word == kVulkan) return choice;
    const bool indexed = word.rfind(kIndexed, 0) == 0;
    choice.index = indexed ? indexOf(word.substr(kIndexed.size())) : -1;
    if (*choice.index >= 0) return choice;
    throw Error("TWINFER_INVALID_OPTION",
                "expected device cpu, vulkan, vulkan:<index> or auto, received '" + word + "'");
}

int chooseGpu(const DeviceChoice& choice, const std::vector<GpuInfo>& gpus, const char* engine) {
    if (gpus.empty()) {
        throw Error("TWINFER_DEVICE_UNAVAILABLE",
                    std::string("expected a Vulkan device for ") + engine +
                        ", received none: " + describeVulkanSearch(),
                    "Install the driver of the GPU (mesa-vulkan-drivers on Debian) and the Vulkan loader "
                    "(libvulkan1), or use device 'cpu', or 'auto' to fall back. `twinfer doctor` shows what "
                    "there is.");
    }
    if (choice.index) {
        if (*choice.index < int(gpus.size())) return *choice.index;
        std::string names;
        for (const GpuInfo& gpu : gpus) names += (names.empty() ? "" : ", ") + deviceName(gpu);
        throw Error("TWINFER_DEVICE_UNAVAILABLE", std::string("expected a Vulkan device that ") + engine +
                                                      " has (" + names +
                                                      "), received vulkan:" + std::to_string(*choice.index));
    }
    for (const char* type : {"discrete", "integrated"}) {
        for (const GpuInfo& gpu : gpus) {
            if (gpu.type == type) return gpu.index;
        }
    }
    return 0;
}

} // namespace twinfer
