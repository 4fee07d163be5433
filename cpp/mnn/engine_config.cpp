#include "engine_config.h"

#include "../error.h"
#include "../runner/thread_choice.h"
#include "../runner/usable_cores.h"
#include "../vulkan/device_choice.h"
#include "engine_options.h"
#include "tuning_cache.h"
#include "vulkan_devices.h"

namespace twinfer::mnn {

namespace {

using Precision = MNN::BackendConfig::PrecisionMode;

void chooseDevice(EngineConfig& config, const std::string& device) {
    const DeviceChoice choice = parseDevice(device);
    if (!choice.vulkan) return;
    config.type = MNN_FORWARD_VULKAN;
    config.gpu = chooseGpu(choice, gpus(), "MNN");
}

// A GPU's tuning mode is ignored where the Vulkan backend does not know it, and so is a cache on the CPU.
void checkGpuOptions(EngineConfig& config) {
    if (config.type == MNN_FORWARD_VULKAN) {
        checkTuningMode(config.gpuMode);
        if (!config.cacheFile.empty()) checkTuningCache(config.cacheFile);
    } else if (!config.cacheFile.empty()) {
        config.notes.push_back("cacheFile has no effect on the CPU: it holds the tuning of a GPU");
        config.cacheFile.clear();
    }
}

void chooseInt8(EngineConfig& config, const ModelFacts& facts) {
    config.backend.precision = MNN::BackendConfig::Precision_High;
    if (facts.int8Weights && !facts.int8Activations) {
        // MNN's only int8 arithmetic for weight-only quantised models: activations quantised per run.
        config.backend.memory = MNN::BackendConfig::Memory_Low;
        return;
    }
    if (!facts.int8Activations) {
        config.notes.push_back("requested int8 → active fp32: the weights of this model are not quantised");
    }
}

void choosePrecision(EngineConfig& config, const std::string& word, const ModelFacts& facts) {
    Precision& precision = config.backend.precision;
    if (word == "default") {
        precision = MNN::BackendConfig::Precision_Normal;
    } else if (word == "fp32") {
        precision = MNN::BackendConfig::Precision_High;
    } else if (word == "fp16") {
        precision = MNN::BackendConfig::Precision_Low;
    } else if (word == "bf16") {
        precision = MNN::BackendConfig::Precision_Low_BF16;
    } else if (word == "fp16-storage") {
        const bool gpu = config.type != MNN_FORWARD_CPU;
        precision = gpu ? MNN::BackendConfig::Precision_Low : MNN::BackendConfig::Precision_High;
    } else if (word == "int8") {
        chooseInt8(config, facts);
    } else {
        throw Error("TWINFER_INVALID_OPTION",
                    "expected precision fp32, fp16, fp16-storage, bf16, int8 or default, received '" + word +
                        "'");
    }
}

} // namespace

MNN::ScheduleConfig EngineConfig::schedule() {
    MNN::ScheduleConfig schedule;
    schedule.type = type;
    schedule.backupType = backupType;
    schedule.backendConfig = &backend;
    // One union in MNN: threads on the CPU, a tuning mode on a GPU.
    if (type == MNN_FORWARD_CPU) {
        schedule.numThread = threads;
    } else {
        schedule.mode = gpuMode;
    }
    return schedule;
}

EngineConfig configFor(const RunnerOptions& options, const ModelFacts& facts) {
    EngineConfig config;
    config.notes = options.notes;
    chooseDevice(config, options.device);
    config.threads = options.threads;
    choosePrecision(config, options.precision, facts);
    for (const auto& [name, value] : options.engineOptions) writeOption(config, name, value);
    checkGpuOptions(config);
    config.choosesThreads = config.threads == 0;
    if (config.choosesThreads) config.threads = coresForLane(usableCores(), options);
    return config;
}

} // namespace twinfer::mnn
