#include "effective_mnn.h"

#include "vulkan_devices.h"

#if defined(__x86_64__) || defined(_M_X64)
#include "backend/cpu/x86_x64/cpu_id.h"
#endif

namespace twinfer::mnn {

namespace {

#if defined(__x86_64__) || defined(_M_X64)
// The condition of AVX2Functions::init, over the same flags.
bool usesAvx512() {
    return libyuv::TestCpuFlag(libyuv::kCpuHasAVX512VNNI | libyuv::kCpuHasAVX512VL | libyuv::kCpuHasAVX512BW |
                               libyuv::kCpuHasAVX512VBMI | libyuv::kCpuHasAVX512VBITALG |
                               libyuv::kCpuHasAVX512VPOPCNTDQ | libyuv::kCpuHasAVX512VBMI2) != 0;
}
constexpr bool kArm = false;
#else
bool usesAvx512() {
    return false;
}
constexpr bool kArm = true;
#endif

std::string backendName(int type, const EngineConfig& config) {
    if (type == MNN_FORWARD_VULKAN) return "vulkan";
    if (type != MNN_FORWARD_CPU_EXTENSION) return "cpu";
    if (!kArm) return usesAvx512() ? "cpu-avx512" : "cpu-avx2";
    return config.backend.precision == MNN::BackendConfig::Precision_Low ? "cpu-arm82" : "cpu-bf16";
}

// Whatever is not Precision_High keeps its values in fp16 images; only for these two does MNN have shaders
// that compute in fp16 as well (VulkanRuntime.cpp:85, VulkanConvolution1x1.cpp:42).
bool computesInFp16(const std::string& gpu) {
    return gpu.find("Mali") != std::string::npos || gpu.find("Adreno") != std::string::npos;
}

std::string floatPrecision(int type, const EngineConfig& config) {
    const auto asked = config.backend.precision;
    if (type == MNN_FORWARD_VULKAN) {
        if (asked == MNN::BackendConfig::Precision_High) return "fp32";
        return computesInFp16(gpus()[size_t(config.gpu)].name) ? "fp16" : "fp16-storage";
    }
    // x86 has no other arithmetic than fp32; on ARM type 13 is Arm82Backend or the bf16 functions.
    if (!kArm || type != MNN_FORWARD_CPU_EXTENSION) return "fp32";
    return asked == MNN::BackendConfig::Precision_Low ? "fp16" : "bf16";
}

std::string activePrecision(int type, const EngineConfig& config, const ModelFacts& facts) {
    const bool dynamic = facts.int8Weights && config.backend.memory == MNN::BackendConfig::Memory_Low;
    if (type != MNN_FORWARD_VULKAN && (facts.int8Activations || dynamic)) return "int8";
    return floatPrecision(type, config);
}

bool isWinogradOff(const EngineConfig& config) {
    bool off = false;
    for (const auto& [hint, value] : config.hints) {
        if (hint == MNN::Interpreter::WINOGRAD_MEMORY_LEVEL) off = value == 0;
    }
    return off;
}

void notePrecision(Effective& effective, const ModelFacts& facts) {
    const std::string& asked = effective.requestedPrecision;
    const std::string& active = effective.precision;
    const bool vulkan = effective.backend == "vulkan";
    if (asked == "default" && vulkan && active != "fp32") {
        effective.notes.push_back("MNN's default on Vulkan keeps values as fp16; ask for fp32 to get it");
    }
    if (asked == "default" || asked == active) return;
    if (asked == "int8" && !facts.int8Weights && !facts.int8Activations)
        return; // said when it was configured
    std::string reason = "engineOptions say so";
    if (active == "int8") reason = "the weights of this model are quantised";
    if (vulkan && asked == "int8") {
        reason = "MNN's Vulkan backend computes in floating point";
    } else if (vulkan && active != "fp32") {
        reason = active == "fp16"
                     ? "MNN's Vulkan backend computes in fp16 what it stores in fp16 on this GPU"
                     : "MNN's Vulkan backend computes in fp32 on GPUs other than Adreno and Mali";
    } else if (asked == "fp16-storage") {
        reason = "MNN has no mode on the CPU that stores fp16 and computes in fp32";
    } else if (asked == "fp16" || asked == "bf16") {
        reason = kArm ? "this CPU has no such arithmetic" : "MNN has no " + asked + " kernels for x86";
    }
    effective.notes.push_back("requested " + asked + " → active " + active + ": " + reason);
}

} // namespace

Effective describeMnn(const EngineConfig& config, const ModelFacts& facts, const RunnerOptions& requested,
                      const RunningBackend& running, const char* path) {
    Effective effective;
    effective.engine = "mnn";
    effective.engineVersion = MNN::getVersion();
    effective.modelVersion = facts.version;
    effective.path = path;
    effective.backend = backendName(running.type, config);
    const bool vulkan = running.type == MNN_FORWARD_VULKAN;
    effective.device = vulkan ? deviceName(gpus()[size_t(config.gpu)]) : "cpu";
    effective.requestedPrecision = requested.precision;
    effective.precision = activePrecision(running.type, config, facts);
    effective.threads = vulkan ? 1 : running.threads;
    effective.threadsReason = vulkan ? "a GPU does the work" : "asked for";
    effective.lanes = 1;
    effective.limits = requested.limits;
    effective.notes = config.notes;
    effective.options = readOptions(config);
    notePrecision(effective, facts);
    if (effective.backend == "cpu-avx512" && facts.winograd && !isWinogradOff(config)) {
        effective.notes.push_back(
            "cpu-avx512: MNN's Winograd convolutions are less exact with AVX-512 than with AVX2 (93 dB "
            "was seen); engineOptions { winogradMemoryLevel: 0 } turns them off");
    }
    if (!vulkan && running.threads < config.threads) {
        effective.notes.push_back("requested " + std::to_string(config.threads) + " threads → active " +
                                  std::to_string(running.threads) +
                                  ": MNN has one pool of threads for these cores, sized by the first model");
    }
    return effective;
}

} // namespace twinfer::mnn
