#include "verify_graph.h"

#include <cstring>
#include <string>

#include "place.h"

namespace twinfer::mnn {

namespace {

enum class Made { no, given, asConstant, byOperator };

bool isConstant(MNN::OpType type) {
    return type == MNN::OpType_Const || type == MNN::OpType_TrainableParam;
}

class GraphVerifier {
  public:
    GraphVerifier(const Graph& graph, Findings& findings)
        : graph_(graph), findings_(findings), made_(graph.tensors->size(), Made::no),
          constants_(graph.tensors->size(), nullptr), makers_(graph.tensors->size(), -1) {}

    void verify() {
        const Place given(findings_, "a subgraph's input");
        for (const int index : graph_.given) {
            if (expectIndex(index, given)) made_[index] = Made::given;
        }
        findMakers();
        for (flatbuffers::uoffset_t i = 0; i < graph_.ops->size(); i++) {
            const MNN::Op& op = *graph_.ops->Get(i);
            const Place place(findings_, describe(op, i), nameOf(op, i, graph_));
            if (verifyInputs(op, place)) verifyConstantShape(op, place);
            if (verifyOutputs(op, place) && isConstant(op.type()))
                constants_[op.outputIndexes()->Get(0)] = op.main_as_Blob();
        }
    }

  private:
    bool expectIndex(int index, const Place& place) const {
        if (graph_.tensorAt(index) != nullptr) return true;
        const std::string which = "tensor " + std::to_string(index) + " of " + std::to_string(made_.size());
        return place.refuse("damaged-table", which, {"it names " + which});
    }

    std::string nameOfTensor(int index) const { return "'" + graph_.tensorAt(index)->str() + "'"; }

    // The first operator that makes each tensor, wherever it stands.
    void findMakers() {
        for (flatbuffers::uoffset_t i = graph_.ops->size(); i-- > 0;) {
            const auto* outputs = graph_.ops->Get(i)->outputIndexes();
            if (outputs == nullptr) continue;
            for (const int32_t index : *outputs) {
                if (graph_.tensorAt(index) != nullptr) makers_[index] = static_cast<int>(i);
            }
        }
    }

    std::string describeMaker(int tensor) const {
        const int maker = makers_[tensor];
        return describe(*graph_.ops->Get(static_cast<flatbuffers::uoffset_t>(maker)), maker);
    }

    bool verifyInputs(const MNN::Op& op, const Place& place) const {
        if (op.inputIndexes() == nullptr) return true;
        for (const int32_t index : *op.inputIndexes()) {
            if (!expectIndex(index, place)) return false;
            if (made_[index] != Made::no || graph_.virtualTensors) continue;
            const std::string uses = "it uses tensor " + nameOfTensor(index) + ", which ";
            const bool late = makers_[index] >= 0;
            return place.refuse(late ? "layer-order" : "no-producer", uses + "no earlier operator makes",
                                late ? Place::Words{uses + "only " + describeMaker(index) + " makes",
                                                    "Operators must come after those whose output they use."}
                                     : Place::Words{uses + "no op makes", "Convert the model again."});
        }
        return true;
    }

    // A constant shape of more than 8 values is copied into an array of 9 on the stack.
    void verifyConstantShape(const MNN::Op& op, const Place& place) const {
        if (op.type() != MNN::OpType_Reshape || op.inputIndexes() == nullptr || op.inputIndexes()->size() < 2)
            return;
        const MNN::Blob* shape = constants_[op.inputIndexes()->Get(1)];
        if (shape == nullptr || shape->dims() == nullptr) return;
        int64_t elements = 1;
        for (const int32_t dimension : *shape->dims()) {
            if (__builtin_mul_overflow(elements, int64_t(dimension), &elements))
                return; // its sizes are refused
        }
        if (elements > 8)
            place.refuse("parameters", "a shape of " + std::to_string(elements) + " dimensions");
    }

    bool verifyOutputs(const MNN::Op& op, const Place& place) {
        const size_t outputs = op.outputIndexes() == nullptr ? 0 : op.outputIndexes()->size();
        const bool single = isConstant(op.type()) || op.type() == MNN::OpType_Input;
        // MNN reads data()[0] of these without asking.
        if (single && outputs != 1) {
            return place.refuse("layer-outputs", std::to_string(outputs) + " outputs instead of 1");
        }
        bool sound = true;
        for (size_t i = 0; i < outputs; i++) {
            const int index = op.outputIndexes()->Get(static_cast<flatbuffers::uoffset_t>(i));
            if (!expectIndex(index, place)) {
                sound = false;
                continue;
            }
            // A subgraph's inputs have an Input operator besides, and a trained model writes its parameters
            // back; nothing else may be made twice.
            if (made_[index] == Made::byOperator || (made_[index] == Made::asConstant && single)) {
                const std::string makes = "it makes tensor " + nameOfTensor(index);
                sound = place.refuse("duplicate-blob", makes + " a second time",
                                     {makes + " again, after " + describeMaker(index)});
            }
            made_[index] = isConstant(op.type()) ? Made::asConstant : Made::byOperator;
        }
        return sound;
    }

    const Graph& graph_;
    Findings& findings_;
    std::vector<Made> made_;
    std::vector<const MNN::Blob*> constants_;
    std::vector<int> makers_;
};

} // namespace

bool verifyGraph(const Graph& graph, Findings& findings) {
    const Place place(findings, "");
    if (graph.ops == nullptr || graph.tensors == nullptr) {
        return place.refuse("damaged-table", "no operators or no tensors");
    }
    for (const auto* name : *graph.tensors) {
        // MNN reads names as C strings: past a NUL two of them could be one.
        if (std::strlen(name->c_str()) != name->size()) {
            place.refuse("damaged-table", "a tensor's name with a NUL in it");
        }
    }
    GraphVerifier(graph, findings).verify();
    return true;
}

} // namespace twinfer::mnn
