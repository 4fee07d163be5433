#include "verify_op.h"

#include <algorithm>

#include "invalid.h"
#include "operator_rule.h"
#include "verify_axes.h"
#include "verify_convolution.h"

namespace twinfer::mnn {

namespace {

template <typename T>
void expectLength(const flatbuffers::Vector<T>* vector, int64_t least, const char* what,
                  const std::string& where) {
    const int64_t received = vector == nullptr ? 0 : vector->size();
    if (least < 0 || received < least) {
        invalid(where + ": expected " + std::to_string(least) + " " + what + ", received " +
                std::to_string(received));
    }
}

[[noreturn]] void refuseType(const MNN::Op& op, const std::string& where) {
    const char* name = MNN::EnumNameOpType(op.type());
    if (*name == '\0') {
        throw Error("TWINFER_MODEL_UNSUPPORTED",
                    where + ": MNN 3.6.1 has no code for operator " + std::to_string(op.type()),
                    "The model was made by a newer converter, or it is damaged.");
    }
    throw Error(
        "TWINFER_MODEL_UNSUPPORTED", where + ": MNN 3.6.1 has no code for operator " + name,
        "MNN removed it, or never ran it on the CPU: convert the original model again, with the converter "
        "of MNN 3.6.1.");
}

// Extra and Plugin stand for code that an application brings along.
[[noreturn]] void refuseCustom(const MNN::Op& op, const std::string& where) {
    const auto* extra = op.main_as_Extra();
    const auto* plugin = op.main_as_Plugin();
    const flatbuffers::String* type = extra != nullptr    ? extra->type()
                                      : plugin != nullptr ? plugin->type()
                                                          : nullptr;
    throw Error("TWINFER_MODEL_UNSUPPORTED",
                where + ": a custom operator" + (type == nullptr ? "" : " of type '" + type->str() + "'") +
                    ", whose code is the application's own and not part of MNN",
                "Only the application that registers it can run this model.");
}

void verifyRule(const MNN::Op& op, const std::string& where) {
    if (op.type() == MNN::OpType_Extra || op.type() == MNN::OpType_Plugin) refuseCustom(op, where);
    const OperatorRule* rule = ruleFor(op.type());
    if (rule == nullptr) refuseType(op, where);
    expectLength(op.inputIndexes(), rule->leastInputs, "inputs", where);
    expectLength(op.outputIndexes(), 1, "outputs", where);
    const bool none = op.main() == nullptr;
    // A kind without a value: the code asks for the kind only.
    if (none && op.main_type() != MNN::OpParameter_NONE) invalid(where + ": its parameters are missing");
    if (rule->parameter == MNN::OpParameter_NONE) return;
    if (none ? rule->optional : op.main_type() == rule->parameter || op.main_type() == rule->other) return;
    invalid(where + ": expected parameters of kind " + MNN::EnumNameOpParameter(rule->parameter) +
            ", received " + (none ? "none" : MNN::EnumNameOpParameter(op.main_type())));
}

void verifyPool(const MNN::Pool& pool, const std::string& where) {
    if (pool.isGlobal()) return;
    constexpr int kMost = 1 << 12; // a larger window takes minutes for each pixel
    if (std::max({pool.kernelX(), pool.kernelY(), pool.padX(), pool.padY()}) > kMost || pool.kernelX() <= 0 ||
        pool.kernelY() <= 0 || pool.strideX() <= 0 || pool.strideY() <= 0) {
        invalid(where + ": pooling window " + std::to_string(pool.kernelX()) + "x" +
                std::to_string(pool.kernelY()) + ", stride " + std::to_string(pool.strideX()) + "x" +
                std::to_string(pool.strideY()));
    }
    if (pool.pads() != nullptr && pool.pads()->size() != 2 && pool.pads()->size() < 4)
        invalid(where + ": paddings");
}

void verifyNorm(const MNN::LayerNorm& norm, const Sidecar& sidecar, const std::string& where) {
    if (verifyExternal(norm.external(), sidecar, where)) {
        // gamma and beta are both read, into buffers of the first one's size.
        if (norm.external()->size() < 3) invalid(where + ": external weights without beta");
        return expectExternal(norm.external(), 2, norm.external()->Get(1), where);
    }
    const int64_t gamma = norm.gamma() == nullptr ? 0 : norm.gamma()->size();
    if (gamma != 0) expectLength(norm.beta(), norm.useRMSNorm() ? 0 : gamma, "betas", where);
    expectLength(norm.axis(), 0, "axes", where);
}

void verifyScale(const MNN::Scale& scale, const Sidecar& sidecar, const std::string& where) {
    if (verifyExternal(scale.external(), sidecar, where)) {
        return expectExternal(scale.external(), 1, int64_t(scale.channels()) * 4, where);
    }
    expectLength(scale.scaleData(), scale.channels(), "scales", where);
    if (scale.biasData() != nullptr) expectLength(scale.biasData(), scale.channels(), "biases", where);
}

void verifyBatchNorm(const MNN::BatchNorm& norm, const std::string& where) {
    for (const auto* values : {norm.slopeData(), norm.meanData(), norm.varData(), norm.biasData()}) {
        if (values != nullptr) expectLength(values, norm.channels(), "values", where);
    }
}

void verifyLstm(const MNN::Op& op, const Sidecar& sidecar, const std::string& where) {
    const MNN::LSTM& lstm = *op.main_as_LSTM();
    for (const auto* blob : {lstm.weightI(), lstm.weightH(), lstm.bias()}) {
        if (blob != nullptr) verifyBlob(blob, sidecar, where);
    }
    if (op.inputIndexes() != nullptr && op.inputIndexes()->size() > 3) return; // they are inputs
    if (lstm.weightI() == nullptr || lstm.weightH() == nullptr || lstm.bias() == nullptr) {
        invalid(where + ": an LSTM without weights");
    }
}

void verifyPermute(const MNN::Permute& permute, const std::string& where) {
    expectLength(permute.dims(), 1, "axes", where);
    if (permute.dims()->size() > 8) invalid(where + ": more than 8 axes");
    for (const int32_t axis : *permute.dims()) {
        if (axis < 0 || axis >= static_cast<int32_t>(permute.dims()->size())) {
            invalid(where + ": axis " + std::to_string(axis) + " of " +
                    std::to_string(permute.dims()->size()));
        }
    }
}

void verifyPool3D(const MNN::Pool3D& pool, const std::string& where) {
    if (pool.isGlobal()) return;
    for (const auto* window : {pool.kernels(), pool.strides()}) {
        expectLength(window, 3, "window dimensions", where);
        for (const int32_t extent : *window) {
            if (extent <= 0) invalid(where + ": window of " + std::to_string(extent));
        }
    }
    if (pool.padType() == MNN::PoolPadType_CAFFE) expectLength(pool.pads(), 3, "paddings", where);
}

void verifyInput(const MNN::Input& input, const std::string& where) {
    verifyDimensions(input.dims(), 4, true, where);
    if (input.dformat() < MNN::MNN_DATA_FORMAT_NCHW || input.dformat() > MNN::MNN_DATA_FORMAT_NC4HW4) {
        invalid(where + ": data format " + std::to_string(input.dformat()));
    }
    switch (input.dtype()) {
    case MNN::DataType_DT_FLOAT:
    case MNN::DataType_DT_DOUBLE:
    case MNN::DataType_DT_BFLOAT16:
    case MNN::DataType_DT_INT32:
    case MNN::DataType_DT_INT64:
    case MNN::DataType_DT_BOOL:
    case MNN::DataType_DT_UINT8:
    case MNN::DataType_DT_INT8:
    case MNN::DataType_DT_INT16:
    case MNN::DataType_DT_UINT16:
    case MNN::DataType_DT_QINT8:
    case MNN::DataType_DT_QUINT8:
    case MNN::DataType_DT_QINT16:
    case MNN::DataType_DT_QUINT16:
    case MNN::DataType_DT_QINT32: return;
    default: invalid(where + ": data type " + std::to_string(input.dtype()));
    }
}

} // namespace

void verifyOp(const MNN::Op& op, const Sidecar& sidecar, const std::string& where) {
    if (op.externalPath() != nullptr && op.externalPath()->size() != 0) {
        invalid(where + ": it names a file of its own for its weights, which no model may do");
    }
    verifyRule(op, where);
    if (op.main() == nullptr) return;
    verifyAxes(op, where);
    switch (op.main_type()) {
    case MNN::OpParameter_Blob: return verifyBlob(op.main_as_Blob(), sidecar, where);
    case MNN::OpParameter_Input: return verifyInput(*op.main_as_Input(), where);
    case MNN::OpParameter_Convolution2D: return verifyConvolution(op, sidecar, where);
    case MNN::OpParameter_Convolution3D: return verifyConvolution3D(op, sidecar, where);
    case MNN::OpParameter_Pool: return verifyPool(*op.main_as_Pool(), where);
    case MNN::OpParameter_Pool3D: return verifyPool3D(*op.main_as_Pool3D(), where);
    case MNN::OpParameter_LayerNorm: return verifyNorm(*op.main_as_LayerNorm(), sidecar, where);
    case MNN::OpParameter_Scale: return verifyScale(*op.main_as_Scale(), sidecar, where);
    case MNN::OpParameter_BatchNorm: return verifyBatchNorm(*op.main_as_BatchNorm(), where);
    case MNN::OpParameter_LSTM: return verifyLstm(op, sidecar, where);
    case MNN::OpParameter_Permute: return verifyPermute(*op.main_as_Permute(), where);
    case MNN::OpParameter_PRelu:
        return expectLength(op.main_as_PRelu()->slope(), op.main_as_PRelu()->slopeCount(), "slopes", where);
    case MNN::OpParameter_InnerProduct:
        expectLength(op.main_as_InnerProduct()->bias(), op.main_as_InnerProduct()->outputCount(), "biases",
                     where);
        return;
    default: return;
    }
}

} // namespace twinfer::mnn
