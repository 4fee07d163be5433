#include "requested_option.h"

#include <ncnn/cpu.h>
#include <ncnn/gpu.h>

#include "../error.h"
#include "option_table.h"

namespace twinfer {

namespace {

void chooseDevice(ncnn::Option& option, const std::string& device) {
    if (device == "cpu") {
        option.use_vulkan_compute = false;
        return;
    }
    const bool vulkan = device == "vulkan" || device.rfind("vulkan:", 0) == 0;
    if (!vulkan && device != "auto") {
        throw Error("TWINFER_INVALID_OPTION",
                    "expected device cpu, vulkan, vulkan:<index> or auto, received '" + device + "'");
    }
    const int count = ncnn::get_gpu_count();
    if (!vulkan) {
        option.use_vulkan_compute = count > 0;
        return;
    }
    if (count == 0) {
        throw Error("TWINFER_DEVICE_UNAVAILABLE", "expected a Vulkan device, received none",
                    "Install a Vulkan driver (and libvulkan), or use device 'cpu', or 'auto' to fall back.");
    }
    option.use_vulkan_compute = true;
    if (device.size() > 7) {
        const bool digits =
            device.find_first_not_of("0123456789", 7) == std::string::npos && device.size() < 12;
        const int index = digits ? std::stoi(device.substr(7)) : -1;
        // ncnn reads past its table of devices for an index it does not have.
        if (index < 0 || index >= count) {
            throw Error("TWINFER_DEVICE_UNAVAILABLE",
                        "expected a Vulkan device from vulkan:0 to vulkan:" + std::to_string(count - 1) +
                            ", received '" + device + "'");
        }
        option.vulkan_device_index = index;
    }
}

} // namespace

ncnn::Option requestedOption(const RunnerOptions& options) {
    ncnn::Option option;
    applyPrecision(option, options.precision);
    option.num_threads = options.threads > 0 ? options.threads : ncnn::get_physical_big_cpu_count();
    chooseDevice(option, options.device);
    for (const auto& [name, value] : options.engineOptions) writeOption(option, name, value);
    return option;
}

} // namespace twinfer
