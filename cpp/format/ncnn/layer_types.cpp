#include "layer_types.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include <ncnn/layer_type.h>

#include "../nearest_name.h"

namespace twinfer {

namespace {

struct Row {
    int index;
    const char* name;
};

// In ncnn's order. The enum of the installed headers supplies the indices, so that a newer ncnn that
// renumbers them cannot go unnoticed.
#define TWINFER_LAYER(name) {ncnn::LayerType::name, #name},
// clang-format off
constexpr Row kTypes[] = {
    TWINFER_LAYER(AbsVal) TWINFER_LAYER(ArgMax) TWINFER_LAYER(BatchNorm) TWINFER_LAYER(Bias)
    TWINFER_LAYER(BNLL) TWINFER_LAYER(Concat) TWINFER_LAYER(Convolution) TWINFER_LAYER(Crop)
    TWINFER_LAYER(Deconvolution) TWINFER_LAYER(Dropout) TWINFER_LAYER(Eltwise) TWINFER_LAYER(ELU)
    TWINFER_LAYER(Embed) TWINFER_LAYER(Exp) TWINFER_LAYER(Flatten) TWINFER_LAYER(InnerProduct)
    TWINFER_LAYER(Input) TWINFER_LAYER(Log) TWINFER_LAYER(LRN) TWINFER_LAYER(MemoryData)
    TWINFER_LAYER(MVN) TWINFER_LAYER(Pooling) TWINFER_LAYER(Power) TWINFER_LAYER(PReLU)
    TWINFER_LAYER(Proposal) TWINFER_LAYER(Reduction) TWINFER_LAYER(ReLU) TWINFER_LAYER(Reshape)
    TWINFER_LAYER(ROIPooling) TWINFER_LAYER(Scale) TWINFER_LAYER(Sigmoid) TWINFER_LAYER(Slice)
    TWINFER_LAYER(Softmax) TWINFER_LAYER(Split) TWINFER_LAYER(SPP) TWINFER_LAYER(TanH)
    TWINFER_LAYER(Threshold) TWINFER_LAYER(Tile) TWINFER_LAYER(RNN) TWINFER_LAYER(LSTM)
    TWINFER_LAYER(BinaryOp) TWINFER_LAYER(UnaryOp) TWINFER_LAYER(ConvolutionDepthWise)
    TWINFER_LAYER(Padding) TWINFER_LAYER(Squeeze) TWINFER_LAYER(ExpandDims) TWINFER_LAYER(Normalize)
    TWINFER_LAYER(Permute) TWINFER_LAYER(PriorBox) TWINFER_LAYER(DetectionOutput) TWINFER_LAYER(Interp)
    TWINFER_LAYER(DeconvolutionDepthWise) TWINFER_LAYER(ShuffleChannel) TWINFER_LAYER(InstanceNorm)
    TWINFER_LAYER(Clip) TWINFER_LAYER(Reorg) TWINFER_LAYER(YoloDetectionOutput) TWINFER_LAYER(Quantize)
    TWINFER_LAYER(Dequantize) TWINFER_LAYER(Yolov3DetectionOutput) TWINFER_LAYER(PSROIPooling)
    TWINFER_LAYER(ROIAlign) TWINFER_LAYER(Packing) TWINFER_LAYER(Requantize) TWINFER_LAYER(Cast)
    TWINFER_LAYER(HardSigmoid) TWINFER_LAYER(SELU) TWINFER_LAYER(HardSwish) TWINFER_LAYER(Noop)
    TWINFER_LAYER(PixelShuffle) TWINFER_LAYER(DeepCopy) TWINFER_LAYER(Mish)
    TWINFER_LAYER(StatisticsPooling) TWINFER_LAYER(Swish) TWINFER_LAYER(Gemm) TWINFER_LAYER(GroupNorm)
    TWINFER_LAYER(LayerNorm) TWINFER_LAYER(Softplus) TWINFER_LAYER(GRU)
    TWINFER_LAYER(MultiHeadAttention) TWINFER_LAYER(GELU) TWINFER_LAYER(Convolution1D)
    TWINFER_LAYER(Pooling1D) TWINFER_LAYER(ConvolutionDepthWise1D) TWINFER_LAYER(Convolution3D)
    TWINFER_LAYER(ConvolutionDepthWise3D) TWINFER_LAYER(Pooling3D) TWINFER_LAYER(MatMul)
    TWINFER_LAYER(Deconvolution1D) TWINFER_LAYER(DeconvolutionDepthWise1D)
    TWINFER_LAYER(Deconvolution3D) TWINFER_LAYER(DeconvolutionDepthWise3D) TWINFER_LAYER(Einsum)
    TWINFER_LAYER(DeformableConv2D) TWINFER_LAYER(GLU) TWINFER_LAYER(Fold) TWINFER_LAYER(Unfold)
    TWINFER_LAYER(GridSample) TWINFER_LAYER(CumulativeSum) TWINFER_LAYER(CopyTo) TWINFER_LAYER(Erf)
    TWINFER_LAYER(Diag) TWINFER_LAYER(CELU) TWINFER_LAYER(Shrink) TWINFER_LAYER(RMSNorm)
    TWINFER_LAYER(Spectrogram) TWINFER_LAYER(InverseSpectrogram) TWINFER_LAYER(Flip) TWINFER_LAYER(SDPA)
    TWINFER_LAYER(RotaryEmbed)
};
// clang-format on
#undef TWINFER_LAYER

constexpr int kCount = sizeof(kTypes) / sizeof(kTypes[0]);
static_assert(kCount == 110 && kTypes[0].index == 0 && kTypes[kCount - 1].index == kCount - 1,
              "the table of layer types is for another version of ncnn");

// Those for which ncnn's own list of layers says OFF; a test holds this against the library.
constexpr std::string_view kLeftOut[] = {"ArgMax", "SPP"};

} // namespace

int layerTypeCount() {
    return kCount;
}

const char* layerTypeName(int index) {
    return index >= 0 && index < kCount ? kTypes[index].name : nullptr;
}

int layerTypeIndex(const std::string& name) {
    const auto row =
        std::find_if(std::begin(kTypes), std::end(kTypes), [&](const Row& row) { return name == row.name; });
    return row == std::end(kTypes) ? -1 : row->index;
}

bool isLayerType(const std::string& name) {
    return layerTypeIndex(name) >= 0;
}

bool isBuiltLayerType(const std::string& name) {
    return isLayerType(name) &&
           std::find(std::begin(kLeftOut), std::end(kLeftOut), name) == std::end(kLeftOut);
}

bool isOfFramework(const std::string& name) {
    for (const char* prefix :
         {"pnnx.", "aten::", "prim::", "torch.", "torchvision.", "torchvision::", "nn.", "F.", "Tensor."}) {
        if (name.rfind(prefix, 0) == 0) return true;
    }
    return false;
}

std::string helpForUnknownType(const std::string& name) {
    return isOfFramework(name) ? "pnnx left this operator of the source framework unconverted, and exits "
                                 "with 0 all the same: "
                                 "replace it in the source model."
                               : "It is a custom layer: the application that the model is from registers "
                                 "code for it, which no "
                                 "file holds. Or the file is of an ncnn newer than 20261020.";
}

std::string nearestLayerType(const std::string& name) {
    const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (const Row& row : kTypes) all.emplace_back(row.name);
        return all;
    }();
    return nearestName(name, names);
}

std::string similarLayerType(const std::string& name) {
    const Row* best = nullptr;
    size_t least = 3;
    for (const Row& row : kTypes) {
        const size_t now = spellingDistance(name, row.name);
        if (now >= least) continue;
        least = now;
        best = &row;
    }
    return best ? best->name : "";
}

} // namespace twinfer
