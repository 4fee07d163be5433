#include "graph.h"

#include <set>

namespace twinfer::mnn {

namespace {

// The rule of Module::load and of Schedule.
std::vector<std::string> unusedTensors(const MNN::Net& net) {
    const Graph graph = graphOf(net);
    std::set<int> made, used;
    for (const MNN::Op* op : *net.oplists()) {
        if (op->inputIndexes() != nullptr)
            used.insert(op->inputIndexes()->begin(), op->inputIndexes()->end());
        if (op->type() == MNN::OpType_Const || op->type() == MNN::OpType_TrainableParam) continue;
        if (op->outputIndexes() != nullptr)
            made.insert(op->outputIndexes()->begin(), op->outputIndexes()->end());
    }
    std::vector<std::string> names;
    for (const int index : made) {
        const flatbuffers::String* name = graph.tensorAt(index);
        if (name != nullptr && used.count(index) == 0) names.push_back(name->str());
    }
    return names;
}

} // namespace

Graph graphOf(const MNN::Net& net) {
    return {net.oplists(), net.tensorName(), {}, net.usage() == MNN::Usage_INFERENCE_STATIC};
}

Graph graphOf(const MNN::SubGraphProto& subgraph) {
    Graph graph{subgraph.nodes(), subgraph.tensors()};
    if (subgraph.inputs() != nullptr) {
        graph.given.assign(subgraph.inputs()->begin(), subgraph.inputs()->end());
    }
    return graph;
}

std::vector<std::string> outputsOf(const MNN::Net& net) {
    if (net.outputName() == nullptr || net.outputName()->size() == 0) return unusedTensors(net);
    std::vector<std::string> names;
    for (const auto* name : *net.outputName()) names.push_back(name->str());
    return names;
}

std::string typeNameOf(const MNN::Op& op) {
    const char* name = MNN::EnumNameOpType(op.type());
    return *name == '\0' ? "unknown (" + std::to_string(op.type()) + ")" : name;
}

std::string nameOf(const MNN::Op& op, size_t index, const Graph& graph) {
    if (op.name() != nullptr && op.name()->size() > 0) return op.name()->str();
    const bool makes = op.outputIndexes() != nullptr && op.outputIndexes()->size() > 0;
    const flatbuffers::String* output = makes ? graph.tensorAt(op.outputIndexes()->Get(0)) : nullptr;
    return output == nullptr ? typeNameOf(op) + " " + std::to_string(index) : output->str();
}

std::string describe(const MNN::Op& op, size_t index) {
    std::string text = "operator " + std::to_string(index) + " (" + MNN::EnumNameOpType(op.type());
    if (op.name() != nullptr) text += " '" + op.name()->str() + "'";
    return text + ")";
}

} // namespace twinfer::mnn
