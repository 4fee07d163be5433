#include "open_ncnn.h"

#include <ncnn/cpu.h>

#include "../error.h"
#include "../vulkan/device_choice.h"
#include "machine.h"
#include "ncnn_runner.h"
#include "option_table.h"

namespace twinfer {

namespace {

void chooseDevice(ncnn::Option& option, const std::string& device) {
    const DeviceChoice choice = parseDevice(device);
    option.use_vulkan_compute = choice.vulkan;
    if (choice.vulkan) option.vulkan_device_index = chooseGpu(choice, gpus(), "ncnn");
}

// ncnn's Option has a pointer for it; here it is a file.
std::string takeCacheFile(RunnerOptions& options) {
    std::string file;
    Options others;
    for (auto& [name, value] : options.engineOptions) {
        if (name != "pipeline_cache") {
            others.emplace_back(name, value);
            continue;
        }
        const auto* path = std::get_if<std::string>(&value);
        if (path == nullptr || path->empty()) {
            throw Error("TWINFER_INVALID_OPTION",
                        "expected the path of a file for ncnn option 'pipeline_cache'");
        }
        file = *path;
    }
    options.engineOptions = others;
    return file;
}

} // namespace

std::shared_ptr<Runner> openNcnn(const ModelFile& param, const ModelFile& weights,
                                 const RunnerOptions& requested) {
    RunnerOptions options = requested;
    const std::string cacheFile = takeCacheFile(options);
    ncnn::Option option;
    applyPrecision(option, options.precision);
    option.num_threads = options.threads > 0 ? options.threads : ncnn::get_physical_big_cpu_count();
    chooseDevice(option, options.device);
    for (const auto& [name, value] : options.engineOptions) writeOption(option, name, value);
    auto network = std::make_unique<Network>(option);
    // "fp32" means the same numbers on the GPU.
    if (options.precision == "fp32") network->keepExact();
    if (!cacheFile.empty()) network->setPipelineCacheFile(cacheFile);
    network->loadParam(param);
    network->loadModel(weights);
    return std::make_shared<NcnnRunner>(std::move(network), options);
}

} // namespace twinfer
