#include "verify_op.h"

#include <algorithm>

#include "operator_rule.h"
#include "verify_axes.h"
#include "verify_convolution.h"

namespace twinfer::mnn {

namespace {

template <typename T>
bool expectLength(const flatbuffers::Vector<T>* vector, int64_t least, const char* what, const Place& place,
                  const char* code = "weight-size") {
    const int64_t received = vector == nullptr ? 0 : vector->size();
    return (least >= 0 && received >= least) ||
           place.refuse(code, "expected " + std::to_string(least) + " " + what + ", received " +
                                  std::to_string(received));
}

bool refuseType(const MNN::Op& op, const Place& place) {
    const std::string noCode = "MNN 3.6.1 has no code for operator ";
    const char* name = MNN::EnumNameOpType(op.type());
    if (*name == '\0') {
        return place.refuse("unknown-layer",
                            Error("TWINFER_MODEL_UNSUPPORTED", place.in(noCode + std::to_string(op.type())),
                                  "The model was made by a newer converter, or it is damaged."));
    }
    return place.refuse("unknown-layer",
                        Error("TWINFER_MODEL_UNSUPPORTED", place.in(noCode + name),
                              "MNN removed it, or never ran it on the CPU: convert the original model again, "
                              "with the converter of MNN 3.6.1."));
}

// Extra and Plugin stand for code that an application brings along.
bool refuseCustom(const MNN::Op& op, const Place& place) {
    const auto* extra = op.main_as_Extra();
    const auto* plugin = op.main_as_Plugin();
    const flatbuffers::String* type = extra != nullptr    ? extra->type()
                                      : plugin != nullptr ? plugin->type()
                                                          : nullptr;
    return place.refuse(
        "unknown-layer",
        Error("TWINFER_MODEL_UNSUPPORTED",
              place.in("a custom operator" + (type == nullptr ? "" : " of type '" + type->str() + "'") +
                       ", whose code is the application's own and not part of MNN"),
              "Only the application that registers it can run this model."));
}

bool verifyKind(const MNN::Op& op, const OperatorRule& rule, const Place& place) {
    const bool none = op.main() == nullptr;
    // A kind without a value: the code asks for the kind only.
    if (none && op.main_type() != MNN::OpParameter_NONE) {
        return place.refuse("parameters", "its parameters are missing");
    }
    if (rule.parameter == MNN::OpParameter_NONE) return true;
    if (none ? rule.optional : op.main_type() == rule.parameter || op.main_type() == rule.other) return true;
    const auto numbered = [](MNN::OpParameter kind) { return std::to_string(static_cast<int>(kind)); };
    const std::string other = rule.other == rule.parameter ? "" : " or " + numbered(rule.other);
    const std::string expected = "expected parameters of kind ";
    return place.refuse("parameters",
                        expected + MNN::EnumNameOpParameter(rule.parameter) + ", received " +
                            (none ? "none" : MNN::EnumNameOpParameter(op.main_type())),
                        {expected + numbered(rule.parameter) + other + ", received " +
                             (none ? "none" : numbered(op.main_type())),
                         "MNN would read another table as if it were this one."});
}

bool verifyRule(const MNN::Op& op, const Place& place) {
    if (op.type() == MNN::OpType_Extra || op.type() == MNN::OpType_Plugin) return refuseCustom(op, place);
    const OperatorRule* rule = ruleFor(op.type());
    if (rule == nullptr) return refuseType(op, place);
    const size_t inputs = op.inputIndexes() == nullptr ? 0 : op.inputIndexes()->size();
    const size_t outputs = op.outputIndexes() == nullptr ? 0 : op.outputIndexes()->size();
    const std::string least =
        std::to_string(rule->leastInputs) + " inputs, received " + std::to_string(inputs);
    bool sound = inputs >= rule->leastInputs ||
                 place.refuse("layer-inputs", "expected " + least, {"expected at least " + least});
    if (outputs == 0) {
        sound = place.refuse("layer-outputs", "expected 1 outputs, received 0", {"it has no outputs"});
    }
    return verifyKind(op, *rule, place) && sound;
}

// A larger window takes minutes for each pixel; strides are multiplied by the width of a plane, in int.
constexpr int kMostPooled = 1 << 12;

bool verifyPool(const MNN::Pool& pool, const Place& place) {
    if (pool.isGlobal()) return true;
    if (std::max({pool.kernelX(), pool.kernelY(), pool.padX(), pool.padY(), pool.strideX(), pool.strideY()}) >
            kMostPooled ||
        std::min({pool.kernelX(), pool.kernelY(), pool.strideX(), pool.strideY()}) <= 0) {
        return place.refuse("parameters", "pooling window " + std::to_string(pool.kernelX()) + "x" +
                                              std::to_string(pool.kernelY()) + ", stride " +
                                              std::to_string(pool.strideX()) + "x" +
                                              std::to_string(pool.strideY()));
    }
    return pool.pads() == nullptr || pool.pads()->size() == 2 || pool.pads()->size() >= 4 ||
           place.refuse("parameters", "paddings");
}

bool verifyNorm(const MNN::LayerNorm& norm, Sidecar& sidecar, const Place& place) {
    const External external = verifyExternal(norm.external(), sidecar, place);
    if (external == External::unsound) return false;
    if (external == External::there) {
        // gamma and beta are both read, into buffers of the first one's size.
        if (norm.external()->size() < 3) return place.refuse("weight-size", "external weights without beta");
        return expectExternal(norm.external(), 2, norm.external()->Get(1), place);
    }
    const int64_t gamma = norm.gamma() == nullptr ? 0 : norm.gamma()->size();
    // Vectors of none send MNN to external weights, which are not there (CPULayerNorm.cpp:42).
    if (gamma == 0) {
        return norm.gamma() == nullptr || norm.beta() == nullptr ||
               place.refuse("weight-size", "gammas and betas of no values");
    }
    // An RMSNorm has no betas, or as many: MNN copies them whether it adds them or not.
    return (norm.useRMSNorm() && norm.beta() == nullptr) || expectLength(norm.beta(), gamma, "betas", place);
}

bool verifyScale(const MNN::Scale& scale, Sidecar& sidecar, const Place& place) {
    const External external = verifyExternal(scale.external(), sidecar, place);
    if (external == External::unsound) return false;
    if (external == External::there) {
        return expectExternal(scale.external(), 1, int64_t(scale.channels()) * 4, place);
    }
    return expectLength(scale.scaleData(), scale.channels(), "scales", place) &&
           (scale.biasData() == nullptr || expectLength(scale.biasData(), scale.channels(), "biases", place));
}

bool verifyBatchNorm(const MNN::BatchNorm& norm, const Place& place) {
    for (const auto* values : {norm.slopeData(), norm.meanData(), norm.varData(), norm.biasData()}) {
        if (values != nullptr && !expectLength(values, norm.channels(), "values", place)) return false;
    }
    return true;
}

bool verifyLstm(const MNN::Op& op, Sidecar& sidecar, const Place& place) {
    const MNN::LSTM& lstm = *op.main_as_LSTM();
    for (const auto* blob : {lstm.weightI(), lstm.weightH(), lstm.bias()}) {
        if (blob != nullptr && !verifyBlob(blob, sidecar, place)) return false;
    }
    if (op.inputIndexes() != nullptr && op.inputIndexes()->size() > 3) return true; // they are inputs
    return (lstm.weightI() != nullptr && lstm.weightH() != nullptr && lstm.bias() != nullptr) ||
           place.refuse("weight-size", "an LSTM without weights");
}

bool verifyPermute(const MNN::Permute& permute, const Place& place) {
    if (!expectLength(permute.dims(), 1, "axes", place, "parameters")) return false;
    if (permute.dims()->size() > 8) return place.refuse("parameters", "more than 8 axes");
    for (const int32_t axis : *permute.dims()) {
        if (axis < 0 || axis >= static_cast<int32_t>(permute.dims()->size())) {
            return place.refuse("parameters", "axis " + std::to_string(axis) + " of " +
                                                  std::to_string(permute.dims()->size()));
        }
    }
    return true;
}

bool verifyPool3D(const MNN::Pool3D& pool, const Place& place) {
    if (pool.isGlobal()) return true;
    for (const auto* window : {pool.kernels(), pool.strides()}) {
        if (!expectLength(window, 3, "window dimensions", place, "parameters")) return false;
        for (const int32_t extent : *window) {
            if (extent <= 0 || extent > kMostPooled)
                return place.refuse("parameters", "window of " + std::to_string(extent));
        }
    }
    return pool.padType() != MNN::PoolPadType_CAFFE ||
           expectLength(pool.pads(), 3, "paddings", place, "parameters");
}

bool verifyInput(const MNN::Input& input, const Place& place) {
    if (!verifyDimensions(input.dims(), 4, true, place)) return false;
    if (input.dformat() < MNN::MNN_DATA_FORMAT_NCHW || input.dformat() > MNN::MNN_DATA_FORMAT_NC4HW4) {
        return place.refuse("parameters", "data format " + std::to_string(input.dformat()));
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
    case MNN::DataType_DT_QINT32: return true;
    default: return place.refuse("parameters", "data type " + std::to_string(input.dtype()));
    }
}

bool verifyParameters(const MNN::Op& op, Sidecar& sidecar, const Place& place) {
    switch (op.main_type()) {
    case MNN::OpParameter_Blob: return verifyBlob(op.main_as_Blob(), sidecar, place);
    case MNN::OpParameter_Input: return verifyInput(*op.main_as_Input(), place);
    case MNN::OpParameter_Convolution2D: return verifyConvolution(op, sidecar, place);
    case MNN::OpParameter_Convolution3D: return verifyConvolution3D(op, sidecar, place);
    case MNN::OpParameter_Pool: return verifyPool(*op.main_as_Pool(), place);
    case MNN::OpParameter_Pool3D: return verifyPool3D(*op.main_as_Pool3D(), place);
    case MNN::OpParameter_LayerNorm: return verifyNorm(*op.main_as_LayerNorm(), sidecar, place);
    case MNN::OpParameter_Scale: return verifyScale(*op.main_as_Scale(), sidecar, place);
    case MNN::OpParameter_BatchNorm: return verifyBatchNorm(*op.main_as_BatchNorm(), place);
    case MNN::OpParameter_LSTM: return verifyLstm(op, sidecar, place);
    case MNN::OpParameter_Permute: return verifyPermute(*op.main_as_Permute(), place);
    case MNN::OpParameter_PRelu:
        return expectLength(op.main_as_PRelu()->slope(), op.main_as_PRelu()->slopeCount(), "slopes", place);
    case MNN::OpParameter_InnerProduct:
        return expectLength(op.main_as_InnerProduct()->bias(), op.main_as_InnerProduct()->outputCount(),
                            "biases", place);
    default: return true;
    }
}

} // namespace

bool verifyOp(const MNN::Op& op, Sidecar& sidecar, const Place& place) {
    bool sound = true;
    if (op.externalPath() != nullptr && op.externalPath()->size() != 0) {
        sound =
            place.refuse("external-path", "it names a file of its own for its weights, which no model may do",
                         {"it reads its weights from '" + op.externalPath()->str() + "'",
                          "A model may not name files of this machine: save its weights beside it."});
    }
    if (!verifyRule(op, place)) return false;
    return op.main() == nullptr || (verifyAxes(op, place) && verifyParameters(op, sidecar, place) && sound);
}

} // namespace twinfer::mnn
