#include "expression.h"
#include "size_checker.h"

namespace twinfer {

namespace {

void pooling(const SizeChecker& check) {
    if (check.at(4) != 0 || check.at(7) != 0) return;
    const int64_t size = check.at(1), stride = check.at(2, 1);
    check.atLeast("kernel width", 1, 1);
    check.atLeast("kernel height", 11, 1, size);
    check.atLeast("stride", 2, 1, 1);
    check.atLeast("vertical stride", 12, 1, stride);
    check.atLeast("kernel depth", 21, 1, size);
    check.atLeast("stride in depth", 22, 1, stride);
    if (check.at(5) < 0 || check.at(5) > 3)
        check.fail("pad_mode (5=) from 0 to 3", std::to_string(check.at(5)));
}

void channels(const SizeChecker& check) {
    check.atLeast("channels", 0, 1);
}
void prelu(const SizeChecker& check) {
    check.atLeast("num_slope", 0, 1);
}
void normalize(const SizeChecker& check) {
    check.atLeast("scale_data_size", 3, 1);
}
void padding(const SizeChecker& check) {
    check.atLeast("per_channel_pad_data_size", 6, 0);
}
void quantize(const SizeChecker& check) {
    check.atLeast("scale_data_size", 0, 1, 1);
}

void scale(const SizeChecker& check) {
    if (check.at(0) != -233) check.atLeast("scale_data_size", 0, 1);
    // ncnn loads no bias in this case and adds it all the same.
    if (check.at(0) == -233 && check.at(1) != 0)
        check.fail("no bias with the scale from a blob", "bias_term");
}

void affine(const SizeChecker& check) {
    if (check.at(2, 1) != 0) check.atLeast("affine_size", 0, 1);
}

void groupNorm(const SizeChecker& check) {
    const bool groups = check.atLeast("group", 0, 1, 1);
    check.atLeast("channels", 1, check.at(3, 1) != 0 ? 1 : 0);
    if (groups && check.at(1) > 0) check.multiple("channels", 1, check.at(0, 1), "group");
}

void dequantize(const SizeChecker& check) {
    quantize(check);
    check.atLeast("bias_data_size", 1, 0);
}

void requantize(const SizeChecker& check) {
    quantize(check);
    check.atLeast("scale_out_data_size", 1, 1, 1);
    check.atLeast("bias_data_size", 2, 0);
}

void eltwise(const SizeChecker& check) {
    const int bottoms = static_cast<int>(check.layer().bottoms.size());
    if (check.length(1) == 0 || check.length(1) >= bottoms) return;
    check.fail(std::to_string(bottoms) + " coefficients (1=), one for each bottom",
               std::to_string(check.length(1)));
}

// Before 2019 ncnn counted a batch axis for these, and it refuses files that do not say that they are newer.
void softmax(const SizeChecker& check) {
    if (check.at(0) != 0 && check.at(1) == 0) check.failOld(1, "the mark 1=1 with an axis (0=) other than 0");
}

void reduction(const SizeChecker& check) {
    if (check.length(3) > 0 && check.at(5) == 0) check.failOld(5, "the mark 5=1 with axes (3=)");
}

// The window is made while the parameters load, with a cosine for each sample.
void spectrogram(const SizeChecker& check) {
    constexpr int64_t kMost = 1 << 20;
    if (check.atLeast("n_fft", 0, 1) && check.at(0) > kMost)
        check.fail("n_fft (0=) of at most " + std::to_string(kMost), std::to_string(check.at(0)));
}

void slice(const SizeChecker& check) {
    const int tops = static_cast<int>(check.layer().tops.size());
    const int slices = static_cast<int>(check.layer().integers(0).size());
    const int indices = static_cast<int>(check.layer().integers(2).size());
    if (indices > 0 ? indices >= tops - 1 : slices >= tops) return;
    check.fail("slices (0=) or indices (2=) for " + std::to_string(tops) + " tops",
               std::to_string(slices) + " and " + std::to_string(indices));
}

void expressions(const SizeChecker& check, std::initializer_list<int> ids) {
    for (const int id : ids) {
        const std::string text = check.layer().string(id);
        const std::string problem = text.empty() ? "" : problemOfExpression(text);
        if (!problem.empty()) {
            check.fail("a size expression in prefix notation (" + std::to_string(id) + "=" + text + ")",
                       problem);
        }
    }
}

void reshape(const SizeChecker& check) {
    expressions(check, {6});
}
void crop(const SizeChecker& check) {
    expressions(check, {19, 20, 21});
    // It takes the last value of each list, and an empty one has none.
    const auto has = [&](int id) { return !check.layer().string(id).empty(); };
    if (has(19) && has(20) && !has(21)) check.fail("axes (21=) with starts and ends (19=, 20=)", "none");
}
void interp(const SizeChecker& check) {
    expressions(check, {9});
}

} // namespace

std::vector<SizeRule> plainSizeRules() {
    return {{"BatchNorm", channels},
            {"Bias", channels},
            {"PReLU", prelu},
            {"Scale", scale},
            {"Normalize", normalize},
            {"Padding", padding},
            {"LayerNorm", affine},
            {"RMSNorm", affine},
            {"InstanceNorm", affine},
            {"GroupNorm", groupNorm},
            {"Quantize", quantize},
            {"Dequantize", dequantize},
            {"Requantize", requantize},
            {"Eltwise", eltwise},
            {"Slice", slice},
            {"Reshape", reshape},
            {"Crop", crop},
            {"Interp", interp},
            {"Softmax", softmax},
            {"Reduction", reduction},
            {"Spectrogram", spectrogram},
            {"InverseSpectrogram", spectrogram},
            {"Pooling", pooling},
            {"Pooling1D", pooling},
            {"Pooling3D", pooling}};
}

} // namespace twinfer
