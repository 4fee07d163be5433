#include "verify_convolution.h"

#include <cmath>
#include <initializer_list>
#include <limits>
#include <optional>

#include "verify_quantised.h"

namespace twinfer::mnn {

namespace {

// Far beyond any real layer, and small enough that products of them stay inside int.
constexpr int kMostExtent = 1 << 15;
constexpr int64_t kMostChannels = 1 << 20;

bool expectExtent(int value, int least, const char* what, const Place& place, const char* expected) {
    const std::string number = std::to_string(value);
    return (value >= least && value <= kMostExtent) ||
           place.refuse("parameters", what + (" of " + number),
                        {std::string("expected ") + expected + " of " + std::to_string(least) + " to " +
                         std::to_string(kMostExtent) + ", received " + number});
}

bool verifyCommon(const MNN::Convolution2DCommon& common, const Place& place) {
    struct Extent {
        int value, least;
        const char* what;
        const char* all;
    };
    for (const Extent& each : std::initializer_list<Extent>{
             {common.kernelX(), 0, "kernel", "a kernel"},
             {common.kernelY(), 0, "kernel", "a kernel"},
             {common.strideX(), 1, "stride", "strides"},
             {common.strideY(), 1, "stride", "strides"},
             {common.dilateX(), 1, "dilation", "dilations"},
             {common.dilateY(), 1, "dilation", "dilations"},
             {common.padX(), -kMostExtent, "padding", "paddings"},
             {common.padY(), -kMostExtent, "padding", "paddings"},
         }) {
        if (!expectExtent(each.value, each.least, each.what, place, each.all)) return false;
    }
    if (common.group() < 0 || common.outputCount() < 0 || common.inputCount() < 0) {
        return place.refuse("parameters", "negative channels or groups");
    }
    if (common.pads() != nullptr) {
        if (common.pads()->size() != 2 && common.pads()->size() != 4) {
            return place.refuse("parameters", std::to_string(common.pads()->size()) + " paddings");
        }
        for (const int32_t pad : *common.pads()) {
            if (!expectExtent(pad, -kMostExtent, "padding", place, "paddings")) return false;
        }
    }
    return common.outPads() == nullptr || common.outPads()->size() >= 2 ||
           place.refuse("parameters", "output paddings");
}

// How many weights the numbers call for; -1 when the layer leaves it open. TensorFlow's converter
// writes the input channels of one group where ONNX's writes those of all groups, so two may be right.
struct WeightCounts {
    int64_t total = -1;
    int64_t oneGroup = -1;
    bool agrees(int64_t count) const { return count == total || count == oneGroup; }
};

std::optional<WeightCounts> countWeights(const MNN::Convolution2DCommon& common, MNN::OpType type,
                                         const Place& place) {
    const int64_t kernel = int64_t(common.kernelX()) * common.kernelY();
    const int64_t group = common.group() == 0 ? 1 : common.group();
    const int64_t outputs = common.outputCount(), inputs = common.inputCount();
    if (outputs % group != 0 || (group > 1 && inputs % group != 0 && group * inputs > kMostChannels)) {
        place.refuse("parameters",
                     std::to_string(group) + " groups of " + std::to_string(outputs) + " channels");
        return std::nullopt;
    }
    // Not in integers, which damaged channels would overflow.
    if (double(kernel) * double(outputs) * double(inputs == 0 ? 1 : inputs) >
        std::numeric_limits<int32_t>::max()) {
        place.refuse("parameters", "more weights than MNN can address");
        return std::nullopt;
    }
    if (isDepthwise(type)) return WeightCounts{kernel * outputs, -1};
    if (inputs == 0) return WeightCounts{};
    return WeightCounts{kernel * outputs * inputs / group, kernel * outputs * inputs};
}

bool expectBiases(const MNN::Convolution2D& layer, const Place& place) {
    return (layer.bias() != nullptr && layer.bias()->size() > 0) || place.refuse("weight-size", "no biases");
}

bool verifyEmbedded(const MNN::Convolution2D& layer, size_t inputs, const WeightCounts& counts,
                    const Place& place) {
    const auto& common = *layer.common();
    const int64_t weights = layer.weight() == nullptr ? 0 : layer.weight()->size();
    if (weights == 0 && inputs > 1) return true; // the weights come as a second input
    const int64_t unit = int64_t(common.kernelX()) * common.kernelY() * common.outputCount();
    if (unit == 0 || weights == 0) return place.refuse("weight-size", "no weights");
    if (counts.total >= 0 ? counts.agrees(weights) : weights % unit == 0) return true;
    const std::string expected =
        "expected " + std::to_string(counts.total >= 0 ? counts.total : unit) + " weights";
    const std::string received = ", received " + std::to_string(weights);
    return place.refuse("weight-size", expected + received,
                        {expected + " for " + std::to_string(common.inputCount()) + " to " +
                         std::to_string(common.outputCount()) + " channels" + received});
}

bool verifyInt8(const MNN::QuantizedFloatParam& symmetric, int64_t outputs, const WeightCounts& counts,
                const Place& place) {
    if (symmetric.weight() != nullptr && counts.total >= 0 && !counts.agrees(symmetric.weight()->size())) {
        return place.refuse("weight-size", "expected " + std::to_string(counts.total) +
                                               " int8 weights, received " +
                                               std::to_string(symmetric.weight()->size()));
    }
    if (symmetric.bias() != nullptr && int64_t(symmetric.bias()->size()) < outputs)
        return place.refuse("weight-size", "int8 biases");
    return symmetric.scale() == nullptr || int64_t(symmetric.scale()->size()) >= outputs ||
           place.refuse("weight-size", "int8 scales");
}

// CPUConvolution::makeResourceInt8 has room for one scale and one lowest value of each output, and copies all
// that are there: weights in blocks, with scales of their own, are for other executions. Without compressed
// weights int8 convolutions follow biases and scales that are not there, and beside biases of floats those of
// the compressed weights.
bool verifyRoomForScales(const MNN::Convolution2D& layer, MNN::OpType type, const Place& place) {
    const bool isInt8 = type == MNN::OpType_DepthwiseConvInt8 || type == MNN::OpType_ConvInt8;
    const bool isPlain =
        type == MNN::OpType_DepthwiseConvInt8 || layer.sparseParameter() != nullptr ||
        (layer.symmetricQuan() != nullptr && layer.symmetricQuan()->winogradAttr() != nullptr);
    const auto* quantised = layer.quanParameter();
    const auto* own = layer.symmetricQuan();
    if (isInt8 && quantised == nullptr && own != nullptr && own->weight() != nullptr) {
        if (own->bias() == nullptr || own->scale() == nullptr)
            return place.refuse("weight-size", "int8 weights without their biases and scales");
        if (layer.bias() != nullptr)
            return place.refuse("parameters", "biases of floats without compressed weights");
    }
    if (!isPlain || quantised == nullptr || quantised->alpha() == nullptr) return true;
    const int64_t most = int64_t(layer.common()->outputCount()) * (isAsymmetric(*quantised) ? 2 : 1);
    return int64_t(quantised->alpha()->size()) <= most ||
           place.refuse("weight-size", "expected " + std::to_string(most) + " scales, received " +
                                           std::to_string(quantised->alpha()->size()));
}

// Old files ask for integer arithmetic by has_scaleInt. Then MNN keeps the weights as integers
// (ConvolutionCommon::load), which IdstConvolutionInt8.cpp reads without asking whether there are any, and
// other executions have no code for.
bool verifyIntegerWeights(const MNN::Op& op, const Place& place) {
    const auto* quantised = op.main_as_Convolution2D()->quanParameter();
    if (quantised == nullptr || !quantised->has_scaleInt()) return true;
    if (op.type() == MNN::OpType_Deconvolution || op.type() == MNN::OpType_DeconvolutionDepthwise)
        return place.refuse("parameters", "integer arithmetic, which MNN has no code for here");
    if (op.type() != MNN::OpType_Convolution) return true;
    const bool areIntegers = hasShape(*quantised) || quantised->type() == kInt8;
    return (areIntegers && quantised->index() == nullptr &&
            quantised->scaleStorage() != MNN::ScaleStorageType_FP16 && quantised->alpha() != nullptr) ||
           place.refuse("weight-size", "integer arithmetic without integer weights and their scales");
}

} // namespace

bool isDepthwise(MNN::OpType type) {
    return type == MNN::OpType_ConvolutionDepthwise || type == MNN::OpType_DeconvolutionDepthwise ||
           type == MNN::OpType_DepthwiseConvInt8;
}

bool verifyConvolution(const MNN::Op& op, Sidecar& sidecar, const Place& place) {
    const auto& layer = *op.main_as_Convolution2D();
    if (layer.common() == nullptr) return place.refuse("parameters", "no parameters");
    const auto& common = *layer.common();
    if (!verifyCommon(common, place)) return false;
    // Im2Col and Col2Im carry a Convolution2D for its window alone.
    if (op.type() == MNN::OpType_Im2Col || op.type() == MNN::OpType_Col2Im) return true;

    const auto counts = countWeights(common, op.type(), place);
    if (!counts) return false;
    const size_t inputs = op.inputIndexes() == nullptr ? 0 : op.inputIndexes()->size();
    const int64_t outputs = common.outputCount();
    // Executions take the number of outputs from the biases (CPUConvolutionDepthwise.cpp,
    // Convolution1x1Strassen.cpp), or copy all of them into as many places as there are outputs
    // (ConvInt8TiledExecutor.cpp).
    if (layer.bias() != nullptr && layer.bias()->size() != 0 && int64_t(layer.bias()->size()) != outputs) {
        return place.refuse("weight-size", "expected " + std::to_string(outputs) + " biases, received " +
                                               std::to_string(layer.bias()->size()));
    }
    if (layer.symmetricQuan() != nullptr && !verifyInt8(*layer.symmetricQuan(), outputs, *counts, place))
        return false;
    if (!verifyRoomForScales(layer, op.type(), place) || !verifyIntegerWeights(op, place)) return false;
    const External external = verifyExternal(layer.external(), sidecar, place);
    if (external == External::unsound) return false;
    if (external == External::there) {
        if (layer.quanParameter() != nullptr)
            return verifyExternalQuantised(layer, {counts->total, counts->oneGroup}, sidecar, place);
        return (counts->total < 0 || expectExternal(layer.external(), 1, counts->total * 4, place)) &&
               expectExternal(layer.external(), 2, outputs * 4, place);
    }
    if (layer.quanParameter() != nullptr) {
        return (inputs > 1 || expectBiases(layer, place)) &&
               verifyQuantised(*layer.quanParameter(), outputs, {counts->total, counts->oneGroup}, place);
    }
    const bool int8 = layer.symmetricQuan() != nullptr && layer.symmetricQuan()->weight() != nullptr;
    if (int8) return true;
    return verifyEmbedded(layer, inputs, *counts, place) &&
           (inputs > 1 || op.type() == MNN::OpType_Dilation2D || expectBiases(layer, place));
}

bool verifyConvolution3D(const MNN::Op& op, Sidecar& sidecar, const Place& place) {
    const auto& layer = *op.main_as_Convolution3D();
    const auto* common = layer.common();
    if (common == nullptr) return place.refuse("parameters", "no parameters");
    for (const auto* window : {common->kernels(), common->strides(), common->dilates()}) {
        if (window == nullptr || window->size() != 3)
            return place.refuse("parameters", "a window without 3 dimensions");
        for (const int32_t extent : *window) {
            if (!expectExtent(extent, 1, "window", place, "windows")) return false;
        }
    }
    if (common->padMode() == MNN::PadMode_CAFFE &&
        (common->pads() == nullptr || common->pads()->size() < 3)) {
        return place.refuse("parameters", "no paddings");
    }
    double unit = common->outputCount();
    for (const int32_t extent : *common->kernels()) unit *= extent;
    const External external = verifyExternal(layer.external(), sidecar, place);
    if (external != External::none) return external == External::there;
    if (layer.weight() == nullptr || unit <= 0 || layer.weight()->size() == 0 ||
        std::fmod(layer.weight()->size(), unit) != 0) {
        return place.refuse("weight-size", "weights");
    }
    return (layer.bias() != nullptr && int64_t(layer.bias()->size()) >= common->outputCount()) ||
           place.refuse("weight-size", "biases");
}

} // namespace twinfer::mnn
