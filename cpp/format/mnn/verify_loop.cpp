#include "verify_loop.h"

#include <string>

namespace twinfer::mnn {

namespace {

// What CPULoop reads of one view for each tensor of a command.
bool verifyViews(const MNN::RegionCommand& command, const MNN::LoopParam& loop, bool first,
                 const Place& place) {
    const size_t tensors = command.indexes()->size();
    const auto holds = [&](const auto* vector) { return vector != nullptr && vector->size() >= tensors; };
    if (command.size() == nullptr || command.size()->size() < 3 || !holds(command.view()) ||
        (!first && (!holds(command.steps()) || !holds(command.iterIndexes())))) {
        return place.refuse("parameters", "a command without " + std::to_string(tensors) + " views");
    }
    for (flatbuffers::uoffset_t i = 0; i < 3; i++) {
        if (command.size()->Get(i) < 0)
            return place.refuse("parameters", "a size of " + std::to_string(command.size()->Get(i)));
    }
    for (const MNN::View* view : *command.view()) {
        if (view == nullptr || view->stride() == nullptr || view->stride()->size() < 3)
            return place.refuse("parameters", "an incomplete view");
    }
    if (first) return true;
    const int32_t inputs =
        loop.inputIndexes() == nullptr ? 0 : static_cast<int32_t>(loop.inputIndexes()->size());
    for (const int32_t index : *command.iterIndexes()) {
        // A lone copy takes them among the operator's inputs, all others among the loop's tensors.
        if (index >= loop.tensorNumber() ||
            index >= inputs + (loop.commands()->size() == 1 ? 0 : loop.tensorNumber()))
            return place.refuse("parameters",
                                "loop tensor " + std::to_string(index) + " as a list of places");
    }
    return true;
}

bool verifyCommand(const MNN::RegionCommand& command, const MNN::LoopParam& loop, bool first,
                   const Place& place) {
    if (command.indexes() == nullptr || command.indexes()->size() == 0)
        return place.refuse("parameters", "an empty command");
    for (const int32_t index : *command.indexes()) {
        if (index < 0 || index >= loop.tensorNumber()) {
            return place.refuse("parameters", "loop tensor " + std::to_string(index) + " of " +
                                                  std::to_string(loop.tensorNumber()));
        }
    }
    if (command.op() == nullptr) {
        if (!first) return place.refuse("parameters", "an empty command");
        return true; // it fills its output with zeros
    }
    const MNN::OpType type = command.op()->type();
    const size_t least = type == MNN::OpType_UnaryOp ? 2 : 3;
    const bool known = type == MNN::OpType_UnaryOp ||
                       (type == MNN::OpType_BinaryOp && command.op()->main_as_BinaryOp() != nullptr) ||
                       (type == MNN::OpType_MatMul && command.op()->main_as_MatMul() != nullptr);
    if (!known || command.indexes()->size() < least) {
        return place.refuse("parameters", std::string("a loop command of type ") + MNN::EnumNameOpType(type) +
                                              " with " + std::to_string(command.indexes()->size()) +
                                              " tensors");
    }
    return verifyViews(command, loop, first, place);
}

using Commands = flatbuffers::Vector<flatbuffers::Offset<MNN::RegionCommand>>;

bool verifyCommands(const MNN::LoopParam& loop, const Commands* commands, bool first, const Place& place) {
    if (commands == nullptr) return true;
    for (const MNN::RegionCommand* command : *commands) {
        if (command == nullptr) return place.refuse("parameters", "an empty command");
        if (!verifyCommand(*command, loop, first, place)) return false;
    }
    return true;
}

} // namespace

bool verifyLoop(const MNN::LoopParam& loop, const MNN::Op& op, const Place& place) {
    if (loop.tensorNumber() < 0 || loop.tensorNumber() > 1 << 20)
        return place.refuse("parameters", "loop tensors");
    const auto expectOwn = [&](const flatbuffers::Vector<int32_t>* indexes, size_t count) {
        if ((indexes == nullptr ? 0 : indexes->size()) != count)
            return place.refuse("parameters", "inputs or outputs of the loop");
        for (flatbuffers::uoffset_t i = 0; i < count; i++) {
            const int index = indexes->Get(i);
            if (index < 0 || index >= loop.tensorNumber())
                return place.refuse("parameters", "loop tensor " + std::to_string(index));
        }
        return true;
    };
    const auto sizeOf = [](const auto* indexes) { return indexes == nullptr ? 0 : indexes->size(); };
    if (!expectOwn(loop.inputIndexes(), sizeOf(op.inputIndexes())) ||
        !expectOwn(loop.outputIndexes(), sizeOf(op.outputIndexes())))
        return false;
    if (loop.commands() == nullptr) return place.refuse("parameters", "a loop without commands");
    return verifyCommands(loop, loop.commands(), false, place) &&
           verifyCommands(loop, loop.initCommand(), true, place);
}

} // namespace twinfer::mnn
