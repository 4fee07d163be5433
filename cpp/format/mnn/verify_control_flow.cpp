#include "verify_control_flow.h"

#include <set>

#include "invalid.h"
#include "verify_blob.h"

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

Callee findSubgraph(const std::string& name, const MNN::Net& net, const std::string& where) {
    if (net.subgraphs() != nullptr) {
        for (const MNN::SubGraphProto* graph : *net.subgraphs()) {
            if (graph->name() == nullptr || graph->name()->str() != name) continue;
            Callee callee;
            const auto collect = [&](const flatbuffers::Vector<int32_t>* indexes, Names& names) -> size_t {
                if (indexes == nullptr || graph->tensors() == nullptr) return 0;
                for (const int32_t index : *indexes) {
                    if (index < 0 || static_cast<size_t>(index) >= graph->tensors()->size()) {
                        invalid(where + ": tensor " + std::to_string(index) + " of its subgraph");
                    }
                    names.insert(graph->tensors()->GetAsString(static_cast<unsigned>(index))->str());
                }
                return indexes->size();
            };
            callee.inputCount = collect(graph->inputs(), callee.inputs);
            callee.outputCount = collect(graph->outputs(), callee.outputs);
            return callee;
        }
    }
    invalid(where + ": subgraph '" + name + "' is missing");
}

Callee findSubgraph(const flatbuffers::String* name, const MNN::Net& net, const std::string& where) {
    if (name == nullptr) invalid(where + ": it names no subgraph");
    return findSubgraph(name->str(), net, where);
}

// Every input of the subgraph must be one of the aliases: MNN leaves the others null and reads them.
Names expectAliases(const Aliases* aliases, size_t inputs, const std::string& where) {
    if (aliases == nullptr || aliases->size() > inputs) invalid(where + ": its inputs are not described");
    Names names;
    for (const MNN::StringVec* alias : *aliases) {
        if (alias->data() == nullptr) continue;
        for (const auto* name : *alias->data()) names.insert(name->str());
    }
    return names;
}

void expectCovered(const Names& needed, const Names& given, const std::string& where) {
    for (const std::string& name : needed) {
        if (given.count(name) == 0) invalid(where + ": nothing is given for '" + name + "' of its subgraph");
    }
}

size_t inputsOf(const MNN::Op& op) {
    return op.inputIndexes() == nullptr ? 0 : op.inputIndexes()->size();
}
size_t outputsOf(const MNN::Op& op) {
    return op.outputIndexes() == nullptr ? 0 : op.outputIndexes()->size();
}

void verifyIf(const MNN::Op& op, const MNN::Net& net, const std::string& where) {
    const auto& branch = *op.main_as_IfParam();
    const Callee then = findSubgraph(branch.then_graph(), net, where);
    const Callee otherwise = findSubgraph(branch.else_graph(), net, where);
    const Names given = expectAliases(branch.aliases_inputs(), inputsOf(op), where);
    expectCovered(then.inputs, given, where);
    expectCovered(otherwise.inputs, given, where);
    if (branch.aliases_outputs() == nullptr) {
        if (then.outputCount < outputsOf(op) || otherwise.outputCount < outputsOf(op))
            invalid(where + ": its outputs");
        return;
    }
    if (branch.aliases_outputs()->size() != outputsOf(op)) invalid(where + ": its outputs are not described");
    for (const MNN::StringVec* pair : *branch.aliases_outputs()) {
        if (pair->data() == nullptr || pair->data()->size() < 2 ||
            then.outputs.count(pair->data()->GetAsString(0)->str()) == 0 ||
            otherwise.outputs.count(pair->data()->GetAsString(1)->str()) == 0) {
            invalid(where + ": an output that its branches do not have");
        }
    }
}

void verifyWhile(const MNN::Op& op, const MNN::Net& net, const std::string& where) {
    const auto& loop = *op.main_as_WhileParam();
    const Callee body = findSubgraph(loop.body_graph(), net, where);
    if (loop.cond_graph() == nullptr) {
        // From ONNX's Loop: a count and a condition come first, a condition comes back first.
        if (inputsOf(op) < 2 || body.inputCount != inputsOf(op) || outputsOf(op) + 2 < inputsOf(op) ||
            body.outputCount < outputsOf(op) + 1) {
            invalid(where + ": a loop whose body has " + std::to_string(body.inputCount) + " inputs and " +
                    std::to_string(body.outputCount) + " outputs");
        }
        return;
    }
    const Callee condition = findSubgraph(loop.cond_graph(), net, where);
    const Names given = expectAliases(loop.aliases_inputs(), inputsOf(op), where);
    expectCovered(body.inputs, given, where);
    expectCovered(condition.inputs, given, where);
    if (condition.outputCount == 0) invalid(where + ": a loop without a condition");
    for (const MNN::StringVec* alias : *loop.aliases_inputs()) {
        if (alias->data() == nullptr) invalid(where + ": an input without an alias");
    }
    if (loop.aliases_updates() == nullptr) invalid(where + ": its updates are not described");
    for (const MNN::StringVec* update : *loop.aliases_updates()) {
        if (update->data() == nullptr || update->data()->size() < 2)
            invalid(where + ": an update without two names");
    }
    if (loop.aliases_outputs() == nullptr || loop.aliases_outputs()->size() != outputsOf(op)) {
        invalid(where + ": its outputs are not described");
    }
    for (const auto* name : *loop.aliases_outputs()) {
        if (given.count(name->str()) == 0)
            invalid(where + ": output '" + name->str() + "' has no first value");
    }
}

// Each expert is a subgraph that MNN finds by its name, and takes for granted.
void verifyExperts(const MNN::Op& op, const MNN::Net& net, const std::string& where) {
    const MNN::Extra* extra = op.main_as_Extra();
    if (extra == nullptr) invalid(where + ": experts without a description");
    const auto attribute = [&](const char* name, int otherwise) {
        if (extra->attr() == nullptr) return otherwise;
        for (const MNN::Attribute* each : *extra->attr())
            if (each->key() != nullptr && each->key()->str() == name) return each->i();
        return otherwise;
    };
    const int experts = attribute("num_experts", 128);
    const int chosen = attribute("top_k", 1);
    if (experts < 1 || chosen < 1 || chosen > experts) {
        invalid(where + ": " + std::to_string(chosen) + " of " + std::to_string(experts) + " experts");
    }
    const std::string layer = "/expert/" + std::to_string(attribute("layer_id", 0)) + "_";
    for (int i = 0; i < experts; i++) findSubgraph(layer + std::to_string(i), net, where);
}

// What CPULoop reads of one view for each tensor of a command.
void verifyViews(const MNN::RegionCommand& command, const MNN::LoopParam& loop, bool first,
                 const std::string& where) {
    const size_t tensors = command.indexes()->size();
    const auto holds = [&](const auto* vector) { return vector != nullptr && vector->size() >= tensors; };
    if (command.size() == nullptr || command.size()->size() < 3 || !holds(command.view()) ||
        (!first && (!holds(command.steps()) || !holds(command.iterIndexes())))) {
        invalid(where + ": a command without " + std::to_string(tensors) + " views");
    }
    for (flatbuffers::uoffset_t i = 0; i < 3; i++) {
        if (command.size()->Get(i) < 0)
            invalid(where + ": a size of " + std::to_string(command.size()->Get(i)));
    }
    for (const MNN::View* view : *command.view()) {
        if (view == nullptr || view->stride() == nullptr || view->stride()->size() < 3)
            invalid(where + ": an incomplete view");
    }
    if (first) return;
    for (const int32_t index : *command.iterIndexes()) {
        // A lone copy takes them among the operator's inputs, all others among the loop's tensors.
        if (index >= loop.tensorNumber() ||
            index >= static_cast<int32_t>(loop.inputIndexes()->size()) +
                         (loop.commands()->size() == 1 ? 0 : loop.tensorNumber()))
            invalid(where + ": loop tensor " + std::to_string(index) + " as a list of places");
    }
}

void verifyCommand(const MNN::RegionCommand& command, const MNN::LoopParam& loop, bool first,
                   const std::string& where) {
    if (command.indexes() == nullptr || command.indexes()->size() == 0) invalid(where + ": an empty command");
    for (const int32_t index : *command.indexes()) {
        if (index < 0 || index >= loop.tensorNumber()) {
            invalid(where + ": loop tensor " + std::to_string(index) + " of " +
                    std::to_string(loop.tensorNumber()));
        }
    }
    if (command.op() == nullptr) {
        if (!first) invalid(where + ": an empty command");
        return; // it fills its output with zeros
    }
    const MNN::OpType type = command.op()->type();
    const size_t least = type == MNN::OpType_UnaryOp ? 2 : 3;
    const bool known = type == MNN::OpType_UnaryOp ||
                       (type == MNN::OpType_BinaryOp && command.op()->main_as_BinaryOp() != nullptr) ||
                       (type == MNN::OpType_MatMul && command.op()->main_as_MatMul() != nullptr);
    if (!known || command.indexes()->size() < least) {
        invalid(where + ": a loop command of type " + MNN::EnumNameOpType(type) + " with " +
                std::to_string(command.indexes()->size()) + " tensors");
    }
    verifyViews(command, loop, first, where);
}

using Commands = flatbuffers::Vector<flatbuffers::Offset<MNN::RegionCommand>>;

void verifyCommands(const MNN::LoopParam& loop, const Commands* commands, bool first,
                    const std::string& where) {
    if (commands == nullptr) return;
    for (const MNN::RegionCommand* command : *commands) {
        if (command == nullptr) invalid(where + ": an empty command");
        verifyCommand(*command, loop, first, where);
    }
}

void verifyLoop(const MNN::LoopParam& loop, const MNN::Op& op, const std::string& where) {
    if (loop.tensorNumber() < 0 || loop.tensorNumber() > 1 << 20) invalid(where + ": loop tensors");
    const auto expectOwn = [&](const flatbuffers::Vector<int32_t>* indexes, size_t count) {
        if ((indexes == nullptr ? 0 : indexes->size()) != count)
            invalid(where + ": inputs or outputs of the loop");
        for (flatbuffers::uoffset_t i = 0; i < count; i++) {
            const int index = indexes->Get(i);
            if (index < 0 || index >= loop.tensorNumber())
                invalid(where + ": loop tensor " + std::to_string(index));
        }
    };
    expectOwn(loop.inputIndexes(), inputsOf(op));
    expectOwn(loop.outputIndexes(), outputsOf(op));
    if (loop.commands() == nullptr) invalid(where + ": a loop without commands");
    verifyCommands(loop, loop.commands(), false, where);
    verifyCommands(loop, loop.initCommand(), true, where);
}

void verifyRegion(const MNN::Region& region, size_t tensors, const std::string& where) {
    if (region.origin() < 0 || static_cast<size_t>(region.origin()) >= tensors) {
        invalid(where + ": region of tensor " + std::to_string(region.origin()));
    }
    const auto isView = [](const MNN::View* view) {
        return view != nullptr && view->stride() != nullptr && view->stride()->size() >= 3;
    };
    if (!isView(region.src()) || !isView(region.dst()) || region.size() == nullptr ||
        region.size()->size() < 3) {
        invalid(where + ": an incomplete region");
    }
}

} // namespace

void verifyControlFlow(const MNN::Op& op, const MNN::Net& net, const std::string& where) {
    if (op.type() == MNN::OpType_MoE) verifyExperts(op, net, where);
    if (op.main_as_IfParam() != nullptr) verifyIf(op, net, where);
    if (op.main_as_WhileParam() != nullptr) verifyWhile(op, net, where);
    if (op.main_as_LoopParam() != nullptr) verifyLoop(*op.main_as_LoopParam(), op, where);
}

void verifyDescriptions(const MNN::Net& net) {
    const bool fixed = net.usage() == MNN::Usage_INFERENCE_STATIC;
    if (net.extraTensorDescribe() == nullptr) {
        if (fixed) invalid("a static model without a description of its tensors");
        return;
    }
    const size_t tensors = net.tensorName()->size();
    for (flatbuffers::uoffset_t i = 0; i < net.extraTensorDescribe()->size(); i++) {
        const MNN::TensorDescribe* description = net.extraTensorDescribe()->Get(i);
        const std::string where = "tensor description " + std::to_string(i);
        if (description == nullptr || description->index() < 0 ||
            static_cast<size_t>(description->index()) >= tensors) {
            invalid(where + ": it belongs to no tensor");
        }
        if (fixed && description->blob() != nullptr) {
            verifyDimensions(description->blob()->dims(), 4, false, where);
        }
        if (description->regions() == nullptr) continue;
        for (const MNN::Region* region : *description->regions()) verifyRegion(*region, tensors, where);
    }
}

} // namespace twinfer::mnn
