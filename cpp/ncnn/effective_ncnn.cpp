#include "effective_ncnn.h"

#include <algorithm>

#include <ncnn/cpu.h>
#include <ncnn/platform.h>

#include "machine.h"
#include "option_table.h"

namespace twinfer {

namespace {

bool hasLayer(const Network& network, const char* type) {
    const std::vector<ParamLayer>& layers = network.param().layers;
    return std::any_of(layers.begin(), layers.end(),
                       [&](const ParamLayer& layer) { return layer.type == type; });
}

std::string cpuBackend() {
#if defined(__x86_64__) || defined(_M_X64)
    if (ncnn::cpu_support_x86_avx512()) return "cpu-avx512";
    if (ncnn::cpu_support_x86_avx2()) return "cpu-avx2";
    if (ncnn::cpu_support_x86_avx()) return "cpu-avx";
    return "cpu-sse2";
#elif defined(__aarch64__)
    return ncnn::cpu_support_arm_asimdhp() ? "cpu-arm82" : "cpu-neon";
#elif defined(__arm__)
    return ncnn::cpu_support_arm_neon() ? "cpu-neon" : "cpu";
#else
    return "cpu";
#endif
}

// Which of the words runs on this CPU with these options, by the kernels that exist (not by the flags:
// x86 has none for fp16 arithmetic and ignores those silently).
std::string cpuPrecision(const Network& network, std::vector<std::string>& notes) {
    const ncnn::Option& option = network.option();
    if (option.use_bf16_storage) return "bf16";
#if defined(__aarch64__)
    if (option.use_fp16_storage && ncnn::cpu_support_arm_asimdhp()) {
        return option.use_fp16_arithmetic ? "fp16" : "fp16-storage";
    }
    if (option.use_fp16_storage) return "fp16-storage";
#elif defined(__arm__)
    if (option.use_fp16_storage && ncnn::cpu_support_arm_vfpv4()) return "fp16-storage";
#else
    if (option.use_fp16_storage && ncnn::cpu_support_x86_f16c() && !network.quantized() &&
        hasLayer(network, "InnerProduct")) {
        notes.push_back("ncnn on x86 keeps InnerProduct weights as fp16 while use_fp16_storage is on; "
                        "everything else is fp32");
        return "fp16-storage";
    }
#endif
    return "fp32";
}

std::string gpuPrecision(const ncnn::Option& option) {
    if (option.use_bf16_storage) return "bf16";
    if (option.use_fp16_arithmetic) return "fp16";
    return option.use_fp16_storage || option.use_fp16_packed ? "fp16-storage" : "fp32";
}

// Why ncnn turned a low precision off by itself.
std::string missingFeature(const std::string& precision, bool vulkan) {
    const std::string processor = vulkan ? "this GPU" : "this CPU";
    if (precision == "fp16") return processor + " has no fp16 arithmetic in ncnn";
    return "ncnn stores none of this network's layers as " +
           std::string(precision == "bf16" ? "bf16" : "fp16") + " on " + processor;
}

void notePlacement(const Network& network, std::vector<std::string>& notes) {
    if (const std::string note = network.placement().note("ncnn"); !note.empty()) notes.push_back(note);
    if (network.hasApproximation()) {
        notes.push_back("fp32 keeps GELU off the GPU: ncnn's shader for it is an approximation (77 dB was "
                        "seen)");
    }
}

} // namespace

Effective describeNcnn(const Network& network, const RunnerOptions& requested) {
    const ncnn::Option& option = network.option();
    Effective effective;
    effective.engine = "ncnn";
    effective.engineVersion = NCNN_VERSION_STRING;
    effective.path = "net";
    effective.threads = option.num_threads;
    effective.lanes = requested.lanes;
    effective.limits = requested.limits;
    effective.options = readOptions(network.option());
    effective.kernels = network.layersOnKernels();
    effective.notes = requested.notes;
    effective.requestedPrecision = requested.precision;
    if (option.use_vulkan_compute) {
        effective.backend = "vulkan";
        effective.device = deviceName(gpus()[size_t(option.vulkan_device_index)]);
        effective.precision = gpuPrecision(option);
        if (!network.pipelineCacheFile().empty()) {
            effective.options.emplace_back("pipeline_cache", network.pipelineCacheFile());
        }
        notePlacement(network, effective.notes);
    } else {
        effective.backend = cpuBackend();
        effective.device = "cpu";
        if (requested.device != "cpu") {
            effective.notes.push_back("requested device " + requested.device +
                                      " → active cpu: engineOptions say so");
        }
        effective.precision = cpuPrecision(network, effective.notes);
        if (!network.pipelineCacheFile().empty()) {
            effective.notes.push_back("pipeline_cache has no effect on the CPU: it holds compiled shaders");
        }
    }
    if (network.quantized()) {
        effective.precision = "int8";
    } else if (requested.precision == "int8") {
        effective.notes.push_back("requested int8 → active " + effective.precision +
                                  ": the weights of this model are not quantised");
    }
    const bool lowFloat = requested.precision == "fp16" || requested.precision == "bf16" ||
                          requested.precision == "fp16-storage";
    if (lowFloat && effective.precision != requested.precision && !network.quantized()) {
        effective.notes.push_back("requested " + requested.precision + " → active " + effective.precision +
                                  ": " + missingFeature(requested.precision, option.use_vulkan_compute));
    }
    if (network.quantized() && requested.precision != "int8" && requested.precision != "default") {
        effective.notes.push_back("requested " + requested.precision +
                                  " → active int8: the weights of this model are quantised");
    }
    const std::vector<std::string>& odd = network.param().notes;
    effective.notes.insert(effective.notes.end(), odd.begin(), odd.end());
    if (network.trailingBytes() > 0) {
        effective.notes.push_back(
            std::to_string(network.trailingBytes()) +
            " bytes at the end of the weights belong to no layer: is this .bin of this .param?");
    }
    return effective;
}

} // namespace twinfer
