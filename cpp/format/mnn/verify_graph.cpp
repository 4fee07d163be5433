#include "verify_graph.h"

#include <cstring>

#include "invalid.h"

namespace twinfer::mnn {

namespace {

enum class Made { no, given, asConstant, byOperator };

void expectIndex(int index, size_t tensors, const std::string& where) {
    if (index < 0 || static_cast<size_t>(index) >= tensors) {
        invalid(where + ": tensor " + std::to_string(index) + " of " + std::to_string(tensors));
    }
}

bool isConstant(MNN::OpType type) {
    return type == MNN::OpType_Const || type == MNN::OpType_TrainableParam;
}

void verifyInputs(const MNN::Op& op, const std::vector<Made>& made, const Graph& graph,
                  const std::string& where) {
    if (op.inputIndexes() == nullptr) return;
    for (const int32_t index : *op.inputIndexes()) {
        expectIndex(index, made.size(), where);
        if (made[index] == Made::no && !graph.virtualTensors) {
            invalid(where + ": it uses tensor '" + graph.tensors->GetAsString(index)->str() +
                    "', which no earlier operator makes");
        }
    }
}

// A constant shape of more than 8 values is copied into an array of 9 on the stack.
void verifyConstantShapes(const MNN::Op& op, const std::vector<const MNN::Blob*>& constants,
                          const std::string& where) {
    if (op.type() != MNN::OpType_Reshape || op.inputIndexes() == nullptr || op.inputIndexes()->size() < 2)
        return;
    const MNN::Blob* shape = constants[op.inputIndexes()->Get(1)];
    if (shape == nullptr || shape->dims() == nullptr) return;
    int64_t elements = 1;
    for (const int32_t dimension : *shape->dims()) elements *= dimension;
    if (elements > 8) invalid(where + ": a shape of " + std::to_string(elements) + " dimensions");
}

void verifyOutputs(const MNN::Op& op, std::vector<Made>& made, const Graph& graph, const std::string& where) {
    const size_t outputs = op.outputIndexes() == nullptr ? 0 : op.outputIndexes()->size();
    const bool single = isConstant(op.type()) || op.type() == MNN::OpType_Input;
    // MNN reads data()[0] of these without asking.
    if (single && outputs != 1) invalid(where + ": " + std::to_string(outputs) + " outputs instead of 1");
    for (size_t i = 0; i < outputs; i++) {
        const int index = op.outputIndexes()->Get(static_cast<flatbuffers::uoffset_t>(i));
        expectIndex(index, made.size(), where);
        // A subgraph's inputs have an Input operator besides, and a trained model writes its parameters
        // back; nothing else may be made twice.
        if (made[index] == Made::byOperator || (made[index] == Made::asConstant && single)) {
            invalid(where + ": it makes tensor '" + graph.tensors->GetAsString(index)->str() +
                    "' a second time");
        }
        made[index] = isConstant(op.type()) ? Made::asConstant : Made::byOperator;
    }
}

} // namespace

std::string describe(const MNN::Op& op, size_t index) {
    std::string text = "operator " + std::to_string(index) + " (" + MNN::EnumNameOpType(op.type());
    if (op.name() != nullptr) text += " '" + op.name()->str() + "'";
    return text + ")";
}

void verifyGraph(const Graph& graph) {
    if (graph.ops == nullptr || graph.tensors == nullptr) invalid("no operators or no tensors");
    for (const auto* name : *graph.tensors) {
        // MNN reads names as C strings: past a NUL two of them could be one.
        if (std::strlen(name->c_str()) != name->size()) invalid("a tensor's name with a NUL in it");
    }
    std::vector<Made> made(graph.tensors->size(), Made::no);
    for (const int index : graph.given) {
        expectIndex(index, made.size(), "a subgraph's input");
        made[index] = Made::given;
    }
    std::vector<const MNN::Blob*> constants(graph.tensors->size(), nullptr);
    for (flatbuffers::uoffset_t i = 0; i < graph.ops->size(); i++) {
        const MNN::Op* op = graph.ops->Get(i);
        if (op == nullptr) invalid("operator " + std::to_string(i) + " is empty");
        const std::string where = describe(*op, i);
        verifyInputs(*op, made, graph, where);
        verifyConstantShapes(*op, constants, where);
        verifyOutputs(*op, made, graph, where);
        if (isConstant(op->type())) constants[op->outputIndexes()->Get(0)] = op->main_as_Blob();
    }
}

} // namespace twinfer::mnn
