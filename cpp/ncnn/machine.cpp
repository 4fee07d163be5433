#include "machine.h"

#include <ncnn/cpu.h>
#include <ncnn/gpu.h>

namespace twinfer {

std::vector<std::pair<std::string, bool>> cpuFeatures() {
    std::vector<std::pair<std::string, bool>> features;
    const auto add = [&](const char* name, int supported) { features.emplace_back(name, supported != 0); };
#if defined(__x86_64__) || defined(_M_X64)
    add("avx", ncnn::cpu_support_x86_avx());
    add("f16c", ncnn::cpu_support_x86_f16c());
    add("fma", ncnn::cpu_support_x86_fma());
    add("avx2", ncnn::cpu_support_x86_avx2());
    add("avx_vnni", ncnn::cpu_support_x86_avx_vnni());
    add("avx512", ncnn::cpu_support_x86_avx512());
    add("avx512_vnni", ncnn::cpu_support_x86_avx512_vnni());
    add("avx512_bf16", ncnn::cpu_support_x86_avx512_bf16());
    add("avx512_fp16", ncnn::cpu_support_x86_avx512_fp16());
#elif defined(__aarch64__)
    add("asimdhp", ncnn::cpu_support_arm_asimdhp());
    add("asimddp", ncnn::cpu_support_arm_asimddp());
    add("asimdfhm", ncnn::cpu_support_arm_asimdfhm());
    add("bf16", ncnn::cpu_support_arm_bf16());
    add("i8mm", ncnn::cpu_support_arm_i8mm());
    add("sve", ncnn::cpu_support_arm_sve());
    add("sve2", ncnn::cpu_support_arm_sve2());
#elif defined(__arm__)
    add("neon", ncnn::cpu_support_arm_neon());
    add("vfpv4", ncnn::cpu_support_arm_vfpv4());
#endif
    return features;
}

std::vector<GpuInfo> gpus() {
    std::vector<GpuInfo> all;
    const int count = ncnn::get_gpu_count();
    for (int i = 0; i < count; i++) {
        const ncnn::GpuInfo& info = ncnn::get_gpu_info(i);
        all.push_back({i, info.device_name(), gpuTypeName(info.type()), vulkanVersion(info.api_version()),
                       vulkanVersion(info.driver_version()), info.vendor_id(), info.device_id(),
                       info.support_fp16_storage(), info.support_fp16_arithmetic(),
                       info.support_int8_storage(), info.subgroup_size()});
    }
    return all;
}

} // namespace twinfer
