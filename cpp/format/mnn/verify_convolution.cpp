#include "verify_convolution.h"

#include <initializer_list>
#include <limits>

#include "invalid.h"
#include "verify_quantised.h"

namespace twinfer::mnn {

namespace {

// Far beyond any real layer, and small enough that products of them stay inside int.
constexpr int kMostExtent = 1 << 15;
constexpr int64_t kMostChannels = 1 << 20;

void expectExtent(int value, int least, const char* what, const std::string& where) {
    if (value < least || value > kMostExtent) invalid(where + ": " + what + " of " + std::to_string(value));
}

void verifyCommon(const MNN::Convolution2DCommon& common, const std::string& where) {
    expectExtent(common.kernelX(), 0, "kernel", where);
    expectExtent(common.kernelY(), 0, "kernel", where);
    for (const int value : {common.strideX(), common.strideY()}) expectExtent(value, 1, "stride", where);
    for (const int value : {common.dilateX(), common.dilateY()}) expectExtent(value, 1, "dilation", where);
    for (const int value : {common.padX(), common.padY()})
        expectExtent(value, -kMostExtent, "padding", where);
    if (common.group() < 0 || common.outputCount() < 0 || common.inputCount() < 0) {
        invalid(where + ": negative channels or groups");
    }
    if (common.pads() != nullptr) {
        if (common.pads()->size() != 2 && common.pads()->size() != 4) {
            invalid(where + ": " + std::to_string(common.pads()->size()) + " paddings");
        }
        for (const int32_t pad : *common.pads()) expectExtent(pad, -kMostExtent, "padding", where);
    }
    if (common.outPads() != nullptr && common.outPads()->size() < 2) invalid(where + ": output paddings");
}

bool isDepthwise(MNN::OpType type) {
    return type == MNN::OpType_ConvolutionDepthwise || type == MNN::OpType_DeconvolutionDepthwise ||
           type == MNN::OpType_DepthwiseConvInt8;
}

// How many weights the numbers call for; -1 when the layer leaves it open. TensorFlow's converter
// writes the input channels of one group where ONNX's writes those of all groups, so two may be right.
struct WeightCounts {
    int64_t total = -1;
    int64_t oneGroup = -1;
    bool agrees(int64_t count) const { return count == total || count == oneGroup; }
};

WeightCounts countWeights(const MNN::Convolution2DCommon& common, MNN::OpType type,
                          const std::string& where) {
    const int64_t kernel = int64_t(common.kernelX()) * common.kernelY();
    const int64_t group = common.group() == 0 ? 1 : common.group();
    const int64_t outputs = common.outputCount(), inputs = common.inputCount();
    if (outputs % group != 0 || (group > 1 && inputs % group != 0 && group * inputs > kMostChannels)) {
        invalid(where + ": " + std::to_string(group) + " groups of " + std::to_string(outputs) + " channels");
    }
    if (kernel * outputs * (inputs == 0 ? 1 : inputs) > std::numeric_limits<int32_t>::max()) {
        invalid(where + ": more weights than MNN can address");
    }
    if (isDepthwise(type)) return {kernel * outputs, -1};
    if (inputs == 0) return {};
    return {kernel * outputs * inputs / group, kernel * outputs * inputs};
}

void expectBiases(const MNN::Convolution2D& layer, const std::string& where) {
    if (layer.bias() == nullptr || layer.bias()->size() == 0) invalid(where + ": no biases");
}

void verifyEmbedded(const MNN::Convolution2D& layer, size_t inputs, const WeightCounts& counts,
                    const std::string& where) {
    const auto& common = *layer.common();
    const int64_t weights = layer.weight() == nullptr ? 0 : layer.weight()->size();
    if (weights == 0 && inputs > 1) return; // the weights come as a second input
    const int64_t unit = int64_t(common.kernelX()) * common.kernelY() * common.outputCount();
    if (unit == 0 || weights == 0) invalid(where + ": no weights");
    if (counts.total >= 0 ? !counts.agrees(weights) : weights % unit != 0) {
        invalid(where + ": expected " + std::to_string(counts.total >= 0 ? counts.total : unit) +
                " weights, received " + std::to_string(weights));
    }
}

void verifyInt8(const MNN::QuantizedFloatParam& symmetric, int64_t outputs, const WeightCounts& counts,
                const std::string& where) {
    if (symmetric.weight() != nullptr && counts.total >= 0 && !counts.agrees(symmetric.weight()->size())) {
        invalid(where + ": expected " + std::to_string(counts.total) + " int8 weights, received " +
                std::to_string(symmetric.weight()->size()));
    }
    if (symmetric.bias() != nullptr && int64_t(symmetric.bias()->size()) < outputs)
        invalid(where + ": int8 biases");
    if (symmetric.scale() != nullptr && int64_t(symmetric.scale()->size()) < outputs)
        invalid(where + ": int8 scales");
}

} // namespace

void verifyConvolution(const MNN::Op& op, const Sidecar& sidecar, const std::string& where) {
    const auto& layer = *op.main_as_Convolution2D();
    if (layer.common() == nullptr) invalid(where + ": no parameters");
    const auto& common = *layer.common();
    verifyCommon(common, where);
    // Im2Col and Col2Im carry a Convolution2D for its window alone.
    if (op.type() == MNN::OpType_Im2Col || op.type() == MNN::OpType_Col2Im) return;

    const WeightCounts counts = countWeights(common, op.type(), where);
    const size_t inputs = op.inputIndexes() == nullptr ? 0 : op.inputIndexes()->size();
    const int64_t outputs = common.outputCount();
    if (layer.bias() != nullptr && layer.bias()->size() != 0 && int64_t(layer.bias()->size()) < outputs) {
        invalid(where + ": expected " + std::to_string(outputs) + " biases, received " +
                std::to_string(layer.bias()->size()));
    }
    if (layer.symmetricQuan() != nullptr) verifyInt8(*layer.symmetricQuan(), outputs, counts, where);
    if (verifyExternal(layer.external(), sidecar, where)) {
        if (layer.quanParameter() != nullptr) return; // sizes depend on the sidecar's own content
        if (counts.total >= 0) expectExternal(layer.external(), 1, counts.total * 4, where);
        return expectExternal(layer.external(), 2, outputs * 4, where);
    }
    if (layer.quanParameter() != nullptr) {
        if (inputs <= 1) expectBiases(layer, where);
        return verifyQuantised(*layer.quanParameter(), outputs, {counts.total, counts.oneGroup}, where);
    }
    const bool int8 = layer.symmetricQuan() != nullptr && layer.symmetricQuan()->weight() != nullptr;
    if (int8) return;
    verifyEmbedded(layer, inputs, counts, where);
    if (inputs <= 1 && op.type() != MNN::OpType_Dilation2D) expectBiases(layer, where);
}

void verifyConvolution3D(const MNN::Op& op, const Sidecar& sidecar, const std::string& where) {
    const auto& layer = *op.main_as_Convolution3D();
    const auto* common = layer.common();
    if (common == nullptr) invalid(where + ": no parameters");
    int64_t unit = common->outputCount();
    for (const auto* window : {common->kernels(), common->strides(), common->dilates()}) {
        if (window == nullptr || window->size() != 3) invalid(where + ": a window without 3 dimensions");
        for (const int32_t extent : *window) expectExtent(extent, 1, "window", where);
    }
    if (common->padMode() == MNN::PadMode_CAFFE &&
        (common->pads() == nullptr || common->pads()->size() < 3)) {
        invalid(where + ": no paddings");
    }
    for (const int32_t extent : *common->kernels()) unit *= extent;
    if (verifyExternal(layer.external(), sidecar, where)) return;
    if (layer.weight() == nullptr || unit <= 0 || layer.weight()->size() == 0 ||
        int64_t(layer.weight()->size()) % unit != 0) {
        invalid(where + ": weights");
    }
    if (layer.bias() == nullptr || int64_t(layer.bias()->size()) < common->outputCount())
        invalid(where + ": biases");
}

} // namespace twinfer::mnn
