#include "model_facts.h"

#include <algorithm>

#include "MNN_generated.h"
#include "graph.h"

namespace twinfer::mnn {

namespace {

// Tensor::setType: MNN knows fewer types than its files name.
DType mappedDType(MNN::DataType type) {
    switch (type) {
    case MNN::DataType_DT_INT32:
    case MNN::DataType_DT_QINT32:
    case MNN::DataType_DT_INT64:
    case MNN::DataType_DT_BOOL: return DType::int32;
    case MNN::DataType_DT_INT8:
    case MNN::DataType_DT_QINT8: return DType::int8;
    case MNN::DataType_DT_UINT8:
    case MNN::DataType_DT_QUINT8: return DType::uint8;
    case MNN::DataType_DT_INT16:
    case MNN::DataType_DT_QINT16: return DType::int16;
    case MNN::DataType_DT_UINT16:
    case MNN::DataType_DT_QUINT16: return DType::uint16;
    case MNN::DataType_DT_BFLOAT16: return DType::bfloat16;
    default: return DType::float32;
    }
}

TensorSpec inputSpec(const MNN::Op& op, const MNN::Net& net) {
    const MNN::Input& input = *op.main_as_Input();
    TensorSpec spec;
    spec.name = net.tensorName()->GetAsString(op.outputIndexes()->Get(0))->str();
    spec.shapeKnown = input.dims() != nullptr;
    if (spec.shapeKnown) spec.shape.assign(input.dims()->begin(), input.dims()->end());
    // Converters write 0 as well as -1 for a size that they leave open.
    std::replace(spec.shape.begin(), spec.shape.end(), 0, kAny);
    spec.dtype = mappedDType(input.dtype());
    // An NC4HW4 tensor is addressed as NCHW from outside.
    spec.layout = input.dformat() == MNN::MNN_DATA_FORMAT_NHWC ? Layout::NHWC : Layout::NCHW;
    return spec;
}

// PipelineModule.cpp, isBreakOp: what a Module cuts the graph at, because its shape or its execution
// depends on values. A While with a LoopParam is an unrolled loop that a Session runs well.
bool breaksSession(const MNN::Op& op) {
    switch (op.type()) {
    case MNN::OpType_If:
    case MNN::OpType_Where:
    case MNN::OpType_Segment:
    case MNN::OpType_Unique:
    case MNN::OpType_NonMaxSuppressionV2:
    case MNN::OpType_MoE: return true;
    case MNN::OpType_While: return op.main_as_WhileParam() != nullptr;
    default: return false;
    }
}

// Names of the operators that make each tensor; "" for inputs and constants.
std::vector<std::string> makersOf(const MNN::Net& net) {
    std::vector<std::string> makers(net.tensorName()->size());
    for (const MNN::Op* op : *net.oplists()) {
        const bool given = op->type() == MNN::OpType_Input || op->type() == MNN::OpType_Const ||
                           op->type() == MNN::OpType_TrainableParam;
        if (given || op->name() == nullptr) continue;
        for (const int index : *op->outputIndexes()) makers[static_cast<size_t>(index)] = op->name()->str();
    }
    return makers;
}

// ConvolutionWinogradBridge::canUseWinograd.
bool allowsWinograd(const MNN::Convolution2DCommon& common) {
    return common.kernelX() == common.kernelY() && common.kernelX() > 1 && common.strideX() == 1 &&
           common.strideY() == 1 && common.dilateX() == 1 && common.dilateY() == 1;
}

void readConvolution(const MNN::Op& op, ModelFacts& facts) {
    const MNN::Convolution2D* layer = op.main_as_Convolution2D();
    if (layer == nullptr) return;
    if (op.type() == MNN::OpType_Convolution) facts.winograd |= allowsWinograd(*layer->common());
    if (op.type() == MNN::OpType_ConvInt8 || op.type() == MNN::OpType_DepthwiseConvInt8)
        facts.int8Activations = true;
    // Type 3 is fp16 storage, 8 marks external fp32; 1, 2 and 4 hold integers.
    const MNN::IDSTQuan* quantised = layer->quanParameter();
    if (quantised != nullptr && quantised->type() != 3 && quantised->type() != 8) facts.int8Weights = true;
}

std::string textOf(const flatbuffers::String* text) {
    return text == nullptr ? "" : text->str();
}

} // namespace

ModelFacts readFacts(const void* data) {
    const MNN::Net& net = *MNN::GetNet(data);
    ModelFacts facts;
    const std::vector<std::string> makers = makersOf(net);
    facts.tensorsMade.resize(net.tensorName()->size());
    for (const MNN::Op* op : *net.oplists()) {
        if (op->type() == MNN::OpType_Input) {
            facts.inputs.push_back(inputSpec(*op, net));
            facts.packedInput |= op->main_as_Input()->dformat() == MNN::MNN_DATA_FORMAT_NC4HW4;
        }
        if (breaksSession(*op) && facts.moduleReason.empty())
            facts.moduleReason = MNN::EnumNameOpType(op->type());
        readConvolution(*op, facts);
        for (const int32_t index : *op->outputIndexes()) facts.tensorsMade[size_t(index)] = true;
        if (op->name() == nullptr) continue;
        const bool fed = op->inputIndexes() != nullptr && op->inputIndexes()->size() > 0;
        facts.operatorNames.push_back(op->name()->str());
        facts.operatorSources.push_back(fed ? makers[static_cast<size_t>(op->inputIndexes()->Get(0))] : "");
    }
    for (const auto* name : *net.tensorName()) facts.tensorNames.push_back(name->str());
    if (net.extraTensorDescribe() != nullptr) {
        facts.int8Activations |=
            std::any_of(net.extraTensorDescribe()->begin(), net.extraTensorDescribe()->end(),
                        [](const auto* tensor) { return tensor->quantInfo() != nullptr; });
    }
    if (facts.moduleReason.empty() && net.subgraphs() != nullptr && net.subgraphs()->size() > 0) {
        facts.moduleReason = "subgraphs";
    }
    facts.needsModule = !facts.moduleReason.empty();
    facts.outputs = outputsOf(net);
    facts.version = net.extraInfo() == nullptr ? "" : textOf(net.extraInfo()->version());
    if (facts.version.empty()) facts.version = "<2.0.0";
    facts.uuid = textOf(net.mnn_uuid());
    facts.bizCode = textOf(net.bizCode());
    return facts;
}

} // namespace twinfer::mnn
