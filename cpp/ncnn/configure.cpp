#include "configure.h"

#include "../error.h"
#include "../vulkan/device_choice.h"
#include "choose_threads.h"
#include "machine.h"
#include "option_table.h"

namespace twinfer {

namespace {

void chooseDevice(ncnn::Option& option, const std::string& device) {
    const DeviceChoice choice = parseDevice(device);
    option.use_vulkan_compute = choice.vulkan;
    if (choice.vulkan) option.vulkan_device_index = chooseGpu(choice, gpus(), "ncnn");
}

const std::string& cacheFileOf(const OptionValue& value) {
    const auto* path = std::get_if<std::string>(&value);
    if (path != nullptr && !path->empty()) return *path;
    throw Error("TWINFER_INVALID_OPTION", "expected the path of a file for ncnn option 'pipeline_cache'");
}

} // namespace

void configure(Network& network, const RunnerOptions& options) {
    NetOption option;
    applyPrecision(option, options.precision);
    option.num_threads = options.threads > 0 ? options.threads : bigCoresFor(options);
    chooseDevice(option, options.device);
    for (const auto& [name, value] : options.engineOptions) {
        // ncnn's Option has a pointer for it; here it is a file.
        if (name == "pipeline_cache") {
            network.setPipelineCacheFile(cacheFileOf(value));
        } else {
            writeOption(option, name, value);
        }
    }
    network.setOption(option);
    // "fp32" means the same numbers on the GPU.
    if (options.precision == "fp32") network.keepExact();
}

} // namespace twinfer
