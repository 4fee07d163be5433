#include "verify_control_flow.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "verify_blob.h"
#include "verify_loop.h"

namespace twinfer::mnn {

namespace {

using Names = std::set<std::string>;
using Aliases = flatbuffers::Vector<flatbuffers::Offset<MNN::StringVec>>;

// A subgraph as its caller sees it.
struct Callee {
    Names inputs;
    Names outputs;
    size_t inputCount = 0;
    size_t outputCount = 0;
};

bool collectNames(const MNN::SubGraphProto& graph, const flatbuffers::Vector<int32_t>* indexes, Names& names,
                  size_t& count, const Place& place) {
    if (indexes == nullptr || graph.tensors() == nullptr) return true;
    for (const int32_t index : *indexes) {
        if (index < 0 || static_cast<size_t>(index) >= graph.tensors()->size()) {
            return place.refuse("damaged-table", "tensor " + std::to_string(index) + " of its subgraph");
        }
        names.insert(graph.tensors()->GetAsString(static_cast<unsigned>(index))->str());
    }
    count = indexes->size();
    return true;
}

std::optional<Callee> findSubgraph(const std::string& name, const MNN::Net& net, const Place& place) {
    if (net.subgraphs() != nullptr) {
        for (const MNN::SubGraphProto* graph : *net.subgraphs()) {
            if (graph->name() == nullptr || graph->name()->str() != name) continue;
            Callee callee;
            if (!collectNames(*graph, graph->inputs(), callee.inputs, callee.inputCount, place) ||
                !collectNames(*graph, graph->outputs(), callee.outputs, callee.outputCount, place))
                return std::nullopt;
            return callee;
        }
    }
    place.refuse("parameters", "subgraph '" + name + "' is missing");
    return std::nullopt;
}

std::optional<Callee> findSubgraph(const flatbuffers::String* name, const MNN::Net& net, const Place& place) {
    if (name != nullptr) return findSubgraph(name->str(), net, place);
    place.refuse("parameters", "it names no subgraph");
    return std::nullopt;
}

// Every input of the subgraph must be one of the aliases: MNN leaves the others null and reads them.
std::optional<Names> expectAliases(const Aliases* aliases, size_t inputs, const Place& place) {
    if (aliases == nullptr || aliases->size() > inputs) {
        place.refuse("parameters", "its inputs are not described");
        return std::nullopt;
    }
    Names names;
    for (const MNN::StringVec* alias : *aliases) {
        if (alias->data() == nullptr) continue;
        for (const auto* name : *alias->data()) names.insert(name->str());
    }
    return names;
}

bool expectCovered(const Names& needed, const Names& given, const Place& place) {
    for (const std::string& name : needed) {
        if (given.count(name) == 0) {
            return place.refuse("parameters", "nothing is given for '" + name + "' of its subgraph");
        }
    }
    return true;
}

size_t inputsOf(const MNN::Op& op) {
    return op.inputIndexes() == nullptr ? 0 : op.inputIndexes()->size();
}
size_t outputsOf(const MNN::Op& op) {
    return op.outputIndexes() == nullptr ? 0 : op.outputIndexes()->size();
}

bool verifyIf(const MNN::Op& op, const MNN::Net& net, const Place& place) {
    const auto& branch = *op.main_as_IfParam();
    const auto then = findSubgraph(branch.then_graph(), net, place);
    if (!then) return false;
    const auto otherwise = findSubgraph(branch.else_graph(), net, place);
    if (!otherwise) return false;
    const auto given = expectAliases(branch.aliases_inputs(), inputsOf(op), place);
    if (!given || !expectCovered(then->inputs, *given, place) ||
        !expectCovered(otherwise->inputs, *given, place))
        return false;
    if (branch.aliases_outputs() == nullptr) {
        return (then->outputCount >= outputsOf(op) && otherwise->outputCount >= outputsOf(op)) ||
               place.refuse("parameters", "its outputs");
    }
    if (branch.aliases_outputs()->size() != outputsOf(op)) {
        return place.refuse("parameters", "its outputs are not described");
    }
    for (const MNN::StringVec* pair : *branch.aliases_outputs()) {
        if (pair->data() == nullptr || pair->data()->size() < 2 ||
            then->outputs.count(pair->data()->GetAsString(0)->str()) == 0 ||
            otherwise->outputs.count(pair->data()->GetAsString(1)->str()) == 0) {
            return place.refuse("parameters", "an output that its branches do not have");
        }
    }
    return true;
}

// From ONNX's Loop: a count and a condition come first, a condition comes back first.
bool verifyCountedLoop(const MNN::Op& op, const Callee& body, const Place& place) {
    return (inputsOf(op) >= 2 && body.inputCount == inputsOf(op) && outputsOf(op) + 2 >= inputsOf(op) &&
            body.outputCount >= outputsOf(op) + 1) ||
           place.refuse("parameters", "a loop whose body has " + std::to_string(body.inputCount) +
                                          " inputs and " + std::to_string(body.outputCount) + " outputs");
}

bool verifyWhile(const MNN::Op& op, const MNN::Net& net, const Place& place) {
    const auto& loop = *op.main_as_WhileParam();
    const auto body = findSubgraph(loop.body_graph(), net, place);
    if (!body) return false;
    if (loop.cond_graph() == nullptr) return verifyCountedLoop(op, *body, place);
    const auto condition = findSubgraph(loop.cond_graph(), net, place);
    if (!condition) return false;
    const auto given = expectAliases(loop.aliases_inputs(), inputsOf(op), place);
    if (!given || !expectCovered(body->inputs, *given, place) ||
        !expectCovered(condition->inputs, *given, place))
        return false;
    if (condition->outputCount == 0) return place.refuse("parameters", "a loop without a condition");
    for (const MNN::StringVec* alias : *loop.aliases_inputs()) {
        if (alias->data() == nullptr) return place.refuse("parameters", "an input without an alias");
    }
    if (loop.aliases_updates() == nullptr) {
        return place.refuse("parameters", "its updates are not described");
    }
    for (const MNN::StringVec* update : *loop.aliases_updates()) {
        if (update->data() == nullptr || update->data()->size() < 2)
            return place.refuse("parameters", "an update without two names");
    }
    if (loop.aliases_outputs() == nullptr || loop.aliases_outputs()->size() != outputsOf(op)) {
        return place.refuse("parameters", "its outputs are not described");
    }
    for (const auto* name : *loop.aliases_outputs()) {
        if (given->count(name->str()) == 0)
            return place.refuse("parameters", "output '" + name->str() + "' has no first value");
    }
    return true;
}

// Each expert is a subgraph that MNN finds by its name, and takes for granted.
bool verifyExperts(const MNN::Op& op, const MNN::Net& net, const Place& place) {
    const MNN::Extra* extra = op.main_as_Extra();
    if (extra == nullptr) return place.refuse("parameters", "experts without a description");
    const auto attribute = [&](const char* name, int otherwise) {
        if (extra->attr() == nullptr) return otherwise;
        for (const MNN::Attribute* each : *extra->attr())
            if (each->key() != nullptr && each->key()->str() == name) return each->i();
        return otherwise;
    };
    const int experts = attribute("num_experts", 128);
    const int chosen = attribute("top_k", 1);
    if (experts < 1 || chosen < 1 || chosen > experts) {
        return place.refuse("parameters",
                            std::to_string(chosen) + " of " + std::to_string(experts) + " experts");
    }
    const std::string layer = "/expert/" + std::to_string(attribute("layer_id", 0)) + "_";
    for (int i = 0; i < experts; i++) {
        if (!findSubgraph(layer + std::to_string(i), net, place)) return false;
    }
    return true;
}

bool verifyRegion(const MNN::Region& region, size_t tensors, const Place& place) {
    if (region.origin() < 0 || static_cast<size_t>(region.origin()) >= tensors) {
        return place.refuse("damaged-table", "region of tensor " + std::to_string(region.origin()));
    }
    const auto isView = [](const MNN::View* view) {
        return view != nullptr && view->stride() != nullptr && view->stride()->size() >= 3;
    };
    return (isView(region.src()) && isView(region.dst()) && region.size() != nullptr &&
            region.size()->size() >= 3) ||
           place.refuse("damaged-table", "an incomplete region");
}

bool verifyDescription(const MNN::TensorDescribe& description, size_t tensors, bool fixed,
                       const Place& place) {
    if (description.index() < 0 || static_cast<size_t>(description.index()) >= tensors) {
        return place.refuse("damaged-table", "it belongs to no tensor");
    }
    if (fixed && description.blob() != nullptr &&
        !verifyDimensions(description.blob()->dims(), 4, false, place))
        return false;
    return description.regions() == nullptr ||
           std::all_of(description.regions()->begin(), description.regions()->end(),
                       [&](const MNN::Region* region) { return verifyRegion(*region, tensors, place); });
}

} // namespace

bool verifyControlFlow(const MNN::Op& op, const MNN::Net& net, const Place& place) {
    if (op.type() == MNN::OpType_MoE && !verifyExperts(op, net, place)) return false;
    if (op.main_as_IfParam() != nullptr) return verifyIf(op, net, place);
    if (op.main_as_WhileParam() != nullptr) return verifyWhile(op, net, place);
    return op.main_as_LoopParam() == nullptr || verifyLoop(*op.main_as_LoopParam(), op, place);
}

void verifyDescriptions(const MNN::Net& net, Findings& findings) {
    const bool fixed = net.usage() == MNN::Usage_INFERENCE_STATIC;
    if (net.extraTensorDescribe() == nullptr) {
        if (fixed)
            Place(findings, "").refuse("parameters", "a static model without a description of its tensors");
        return;
    }
    const size_t tensors = net.tensorName()->size();
    for (flatbuffers::uoffset_t i = 0; i < net.extraTensorDescribe()->size(); i++) {
        verifyDescription(*net.extraTensorDescribe()->Get(i), tensors, fixed,
                          Place(findings, "tensor description " + std::to_string(i)));
    }
}

} // namespace twinfer::mnn
