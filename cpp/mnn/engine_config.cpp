#include "engine_config.h"

#include "../error.h"
#include "engine_options.h"
#include "interpreter_owner.h"
#include "threads.h"

namespace twinfer::mnn {

namespace {

using Precision = MNN::BackendConfig::PrecisionMode;

void chooseDevice(EngineConfig& config, const std::string& device) {
    if (device == "cpu") return;
    if (device == "auto" && !startsVulkan()) {
        config.notes.push_back("requested device auto → active cpu: MNN found no Vulkan device");
        return;
    }
    if (device == "vulkan" || device == "vulkan:0" || device == "auto") {
        config.type = MNN_FORWARD_VULKAN;
        return;
    }
    if (device.rfind("vulkan:", 0) == 0 && device.size() > 7 &&
        device.find_first_not_of("0123456789", 7) == std::string::npos) {
        throw Error("TWINFER_DEVICE_UNAVAILABLE",
                    "expected device vulkan or vulkan:0, received '" + device + "'",
                    "MNN always takes the first Vulkan device of the system.");
    }
    throw Error("TWINFER_INVALID_OPTION",
                "expected device cpu, vulkan, vulkan:0 or auto, received '" + device + "'");
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
        // The GPU stores and computes in fp16 together; the CPU has no such mode.
        const bool gpu = config.type != MNN_FORWARD_CPU;
        precision = gpu ? MNN::BackendConfig::Precision_Low : MNN::BackendConfig::Precision_High;
        config.notes.push_back(std::string("requested fp16-storage → active ") + (gpu ? "fp16" : "fp32") +
                               ": MNN has no mode that stores fp16 and computes in fp32");
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
    chooseDevice(config, options.device);
    config.threads = options.threads > 0 ? options.threads : physicalCores();
    choosePrecision(config, options.precision, facts);
    for (const auto& [name, value] : options.engineOptions) writeOption(config, name, value);
    return config;
}

} // namespace twinfer::mnn
