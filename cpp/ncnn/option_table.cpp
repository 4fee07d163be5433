#include "option_table.h"

#include <cmath>

#include "../error.h"

namespace twinfer {

namespace {

struct Flag {
    const char* name;
    bool NetOption::* field;
};

struct Number {
    const char* name;
    int ncnn::Option::* field;
    int least;
};

using ncnn::Option;

constexpr Flag kFlags[] = {
    {"lightmode", &Option::lightmode},
    {"use_winograd_convolution", &Option::use_winograd_convolution},
    {"use_winograd23_convolution", &Option::use_winograd23_convolution},
    {"use_winograd43_convolution", &Option::use_winograd43_convolution},
    {"use_winograd63_convolution", &Option::use_winograd63_convolution},
    {"use_sgemm_convolution", &Option::use_sgemm_convolution},
    {"use_packing_layout", &Option::use_packing_layout},
    {"use_int8_inference", &Option::use_int8_inference},
    {"use_fp16_packed", &Option::use_fp16_packed},
    {"use_fp16_storage", &Option::use_fp16_storage},
    {"use_fp16_arithmetic", &Option::use_fp16_arithmetic},
    {"use_fp16_uniform", &Option::use_fp16_uniform},
    {"use_bf16_packed", &Option::use_bf16_packed},
    {"use_bf16_storage", &Option::use_bf16_storage},
    {"use_int8_packed", &Option::use_int8_packed},
    {"use_int8_storage", &Option::use_int8_storage},
    {"use_int8_arithmetic", &Option::use_int8_arithmetic},
    {"use_int8_uniform", &Option::use_int8_uniform},
    {"use_int16_packed", &Option::use_int16_packed},
    {"use_int16_storage", &Option::use_int16_storage},
    {"use_a53_a55_optimized_kernel", &Option::use_a53_a55_optimized_kernel},
    {"use_local_pool_allocator", &Option::use_local_pool_allocator},
    {"use_mapped_model_loading", &Option::use_mapped_model_loading},
    {"use_vulkan_compute", &Option::use_vulkan_compute},
    {"use_subgroup_ops", &Option::use_subgroup_ops},
    {"use_shader_local_memory", &Option::use_shader_local_memory},
    {"use_cooperative_matrix", &Option::use_cooperative_matrix},
    {"use_tensor_storage", &Option::use_tensor_storage},
    {"use_weights_in_host_memory", &Option::use_weights_in_host_memory},
    {"kernels", &NetOption::kernels},
};

constexpr Number kNumbers[] = {
    {"num_threads", &Option::num_threads, 1},
    {"openmp_blocktime", &Option::openmp_blocktime, 0},
    {"vulkan_device_index", &Option::vulkan_device_index, -1},
    {"kvcache_max_seqlen_hint", &Option::kvcache_max_seqlen_hint, 0},
};

constexpr const char* kFlushDenormals = "flush_denormals"; // an unsigned char: 0 … 3

[[noreturn]] void refuseValue(const std::string& name, const char* expected) {
    throw Error("TWINFER_INVALID_OPTION",
                "expected " + std::string(expected) + " for ncnn option '" + name + "'");
}

int wholeNumber(const std::string& name, const OptionValue& value, int least, int most) {
    const double* number = std::get_if<double>(&value);
    if (number == nullptr || *number != std::floor(*number) || *number < least || *number > most) {
        refuseValue(name,
                    ("a whole number from " + std::to_string(least) + " to " + std::to_string(most)).c_str());
    }
    return static_cast<int>(*number);
}

void setLowPrecision(Option& option, bool fp16Storage, bool fp16Arithmetic, bool bf16) {
    option.use_fp16_packed = fp16Storage;
    option.use_fp16_storage = fp16Storage;
    option.use_fp16_arithmetic = fp16Arithmetic;
    option.use_fp16_uniform = fp16Storage;
    option.use_bf16_packed = bf16;
    option.use_bf16_storage = bf16;
}

} // namespace

Options readOptions(const NetOption& option) {
    Options all;
    for (const Flag& flag : kFlags) all.emplace_back(flag.name, option.*flag.field);
    for (const Number& number : kNumbers) all.emplace_back(number.name, double(option.*number.field));
    all.emplace_back(kFlushDenormals, double(option.flush_denormals));
    return all;
}

void writeOption(NetOption& option, const std::string& name, const OptionValue& value) {
    for (const Flag& flag : kFlags) {
        if (name != flag.name) continue;
        const bool* on = std::get_if<bool>(&value);
        if (on == nullptr) refuseValue(name, "true or false");
        option.*flag.field = *on;
        return;
    }
    for (const Number& number : kNumbers) {
        if (name != number.name) continue;
        option.*number.field = wholeNumber(name, value, number.least, 1 << 20);
        return;
    }
    if (name == kFlushDenormals) {
        option.flush_denormals = static_cast<unsigned char>(wholeNumber(name, value, 0, 3));
        return;
    }
    std::string names;
    for (const Flag& flag : kFlags) names += std::string(flag.name) + ", ";
    for (const Number& number : kNumbers) names += std::string(number.name) + ", ";
    throw Error("TWINFER_INVALID_OPTION", "expected the name of an ncnn option, received '" + name + "'",
                "ncnn 20261020 has: " + names + kFlushDenormals + ".");
}

// fp16-storage turns use_fp16_packed on as well: without it ncnn stores fp16 unpacked, which has no
// kernels. On x86 "everything default" is not pure fp32 either: with F16C, InnerProduct keeps its
// weights as fp16 whenever use_fp16_storage is on.
// No word touches use_int8_inference: turned off on a quantised model, ncnn reads its int8 weights as
// floats, four times past their end.
void applyPrecision(Option& option, const std::string& precision) {
    if (precision == "default") return;
    if (precision == "fp32") {
        setLowPrecision(option, false, false, false);
    } else if (precision == "fp16") {
        setLowPrecision(option, true, true, false);
    } else if (precision == "fp16-storage") {
        setLowPrecision(option, true, false, false);
    } else if (precision == "bf16") {
        setLowPrecision(option, false, false, true);
    } else if (precision == "int8") {
        setLowPrecision(option, false, false, false);
    } else {
        throw Error("TWINFER_INVALID_OPTION",
                    "expected precision fp32, fp16, fp16-storage, bf16, int8 or default, received '" +
                        precision + "'");
    }
}

} // namespace twinfer
