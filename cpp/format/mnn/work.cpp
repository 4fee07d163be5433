#include "work.h"

#include <algorithm>

#include "verify_convolution.h"

namespace twinfer::mnn {

namespace {

bool multiplies(MNN::OpType type) {
    switch (type) {
    case MNN::OpType_Convolution:
    case MNN::OpType_ConvolutionDepthwise:
    case MNN::OpType_Deconvolution:
    case MNN::OpType_DeconvolutionDepthwise:
    case MNN::OpType_ConvInt8:
    case MNN::OpType_DepthwiseConvInt8:
    case MNN::OpType_InnerProduct:
    case MNN::OpType_MatMul:
    case MNN::OpType_BatchMatMul:
    case MNN::OpType_LSTM:
    case MNN::OpType_RNNSequenceGRU:
    case MNN::OpType_Convolution3D:
    case MNN::OpType_ConvTranspose3D:
    case MNN::OpType_Attention: return true;
    default: return false;
    }
}

// Damaged sizes multiply to more than any integer holds.
int64_t bounded(double length) {
    return static_cast<int64_t>(std::clamp(length, 0.0, double(int64_t(1) << 53)));
}

} // namespace

std::optional<int64_t> dotLengthOf(const MNN::Op& op, const OperatorWeights& weights) {
    if (!multiplies(op.type())) return std::nullopt;
    const MNN::Convolution2D* layer = op.main_as_Convolution2D();
    if (layer != nullptr && layer->common() != nullptr) {
        const auto& common = *layer->common();
        const double kernel = double(common.kernelX()) * common.kernelY();
        if (isDepthwise(op.type())) return bounded(kernel);
        if (common.inputCount() > 0)
            return bounded(kernel * common.inputCount() / std::max(1, common.group()));
    }
    for (const StoredValues& tensor : weights.tensors) {
        if (tensor.role == Role::weight)
            return tensor.channels > 1 ? tensor.values.count / tensor.channels : 0;
    }
    return 0;
}

bool isTanhGelu(const MNN::Op& op) {
    if (op.type() == MNN::OpType_SplitGeLU) return true;
    const MNN::UnaryOp* unary = op.type() == MNN::OpType_UnaryOp ? op.main_as_UnaryOp() : nullptr;
    return unary != nullptr && unary->opType() == MNN::UnaryOpOperation_GELU;
}

} // namespace twinfer::mnn
