// The guard around MNN's sizing. The linker hands us the two functions through which all of it goes
// (--wrap in cpp/CMakeLists.txt): MNN's own takes each operator's parameters and tensors for granted, and a
// damaged file or a shape that does not fit made it divide by zero or write outside its arrays. Compiled
// without RTTI, as it derives from a class of MNN's; nothing is thrown into MNN's frames.
#include <algorithm>
#include <array>

#include "../../error.h"
#include "bounds.h"
#include "core/TensorUtils.hpp"
#include "geometry/GeometryComputer.hpp"
#include "rules.h"
#include "shape/SizeComputer.hpp"
#include "sizing_failure.h"
#include "wrapped_symbol.h"

using MNN::CommandBuffer;
using MNN::GeometryComputer;
using MNN::Op;
using MNN::Tensor;
using Tensors = std::vector<Tensor*>;

#define COMPUTE_OUTPUT_SIZE                                                                                  \
    _ZN3MNN12SizeComputer17computeOutputSizeEPKNS_2OpERKSt6vectorIPNS_6TensorESaIS6_EESA_
#define SEARCH_GEOMETRY _ZN3MNN16GeometryComputer6searchEiNS_7Runtime12CompilerTypeE

extern "C" bool NAME(__real_, COMPUTE_OUTPUT_SIZE)(const Op* op, const Tensors& inputs,
                                                   const Tensors& outputs);
extern "C" const GeometryComputer* NAME(__real_, SEARCH_GEOMETRY)(int type,
                                                                  MNN::Runtime::CompilerType compiler);

namespace twinfer::mnn {

namespace {

thread_local std::optional<SizingFailure> failure;
thread_local const RunLimits* limitsHere = nullptr;

void record(const Op& op, const Tensors& inputs, const std::string& why) {
    SizingFailure found;
    if (op.name() != nullptr) found.name = op.name()->str();
    found.type = MNN::EnumNameOpType(op.type());
    found.why = why;
    for (const Tensor* input : inputs) {
        if (input != nullptr && input->dimensions() <= 9) found.inputs.push_back(input->shape());
    }
    failure = std::move(found);
}

// Runs a check of ours between MNN's frames. bad_alloc ends here too: the operator is not sized then.
template <typename Check> bool holds(const Op& op, const Tensors& inputs, Check check) noexcept {
    try {
        check();
        return true;
    } catch (const Unsizable& refusal) {
        record(op, inputs, refusal.why);
    } catch (const Error& beyond) {
        record(op, inputs, beyond.what());
        failure->beyondLimits = true;
    } catch (const std::exception& error) {
        record(op, inputs, error.what());
    }
    return false;
}

// A single number has no channels, but one in NC4HW4 is copied by the pack (OpCommonUtils::canBlitFast).
void unpackNumbers(const Tensors& tensors) {
    for (const Tensor* tensor : tensors) {
        auto* described = MNN::TensorUtils::getDescribe(tensor);
        if (tensor->dimensions() == 0 && described->dimensionFormat == MNN::MNN_DATA_FORMAT_NC4HW4)
            described->dimensionFormat = MNN::MNN_DATA_FORMAT_NCHW;
    }
}

bool takesNothingForGranted(const Op& op, const Tensors& inputs, const Tensors& outputs) {
    return holds(op, inputs, [&] {
        needBounds(inputs);
        unpackNumbers(inputs);
        if (outputs.empty()) refuse("expected an output, received none");
        if (!makesSeveral(op.type())) needEqual(int64_t(outputs.size()), 1, "a number of outputs");
        if (readsWholeWords(op.type())) Sizing(op, inputs, outputs).expectScales();
        const Rule rule = ruleToSize(op.type());
        if (rule != nullptr) rule(Sizing(op, inputs, outputs));
    });
}

void needWithinLimits(const Tensors& outputs) {
    if (limitsHere == nullptr) return;
    for (const Tensor* output : outputs) {
        const double elements = double(elementsOf(*output));
        requireTensorWithin(*limitsHere, "", elements, elements * output->getType().bytes());
    }
}

bool isLoop(const Op& op) {
    return op.main_as_LoopParam() != nullptr;
}

void needSound(const Tensors& outputs, const CommandBuffer& made) {
    for (const Tensor* output : outputs) needRegionsInside(*output);
    for (const auto& extra : made.extras) needRegionsInside(*extra);
    for (const auto& command : made.command) {
        if (command->op == nullptr) continue;
        // What MNN wrote itself is right for the sizes that were checked; what the file holds may say
        // anything.
        if (isLoop(*command->op) && command->buffer == nullptr) needViewsInside(*command);
    }
}

// Kernels that ask for memory when they are sized, and for its place when they run.
bool keepsPlaces(MNN::OpType type) {
    switch (type) {
    case MNN::OpType_Convolution:
    case MNN::OpType_ConvInt8:
    case MNN::OpType_Deconvolution:
    case MNN::OpType_MatMul:
    case MNN::OpType_Softmax:
    case MNN::OpType_LayerNorm:
    case MNN::OpType_RoPE:
    case MNN::OpType_Attention: return true;
    default: return false;
    }
}

// MNN computes what is made of constants alone before a run. It sizes all commands of an operator first
// (GeometryComputerUtils.cpp), and each takes away the memory of those before it.
void needLastCommand(const Op& op, const Tensors& inputs, const Tensors& outputs, const CommandBuffer& made) {
    for (size_t i = 0; i < inputs.size(); i++)
        if (!Sizing(op, inputs, outputs).isConstant(i)) return;
    const bool copied = std::any_of(outputs.begin(), outputs.end(), [](const Tensor* output) {
        return MNN::TensorUtils::getDescribe(output)->memoryType == Tensor::InsideDescribe::MEMORY_VIRTUAL;
    });
    for (size_t i = 0; i < made.command.size(); i++) {
        const Op* command = made.command[i]->op;
        if (command == nullptr || !keepsPlaces(command->type())) continue;
        if (copied || i + 1 < made.command.size()) refuse("expected an input, received constants alone");
    }
}

// Of outputs, before their geometry is computed. Im2Col and Pooling3D say another one then, when what reads
// them was sized already: kernels went past the end of what was given as many bytes as the first needs.
class Layouts {
  public:
    explicit Layouts(const Tensors& outputs) : outputs_(outputs) {
        for (const Tensor* output : outputs)
            layouts_.push_back(MNN::TensorUtils::getDescribe(output)->dimensionFormat);
    }

    // Where they are copies of others, which are made in any.
    void keep() const {
        for (size_t i = 0; i < outputs_.size(); i++) {
            auto* described = MNN::TensorUtils::getDescribe(outputs_[i]);
            if (described->memoryType == Tensor::InsideDescribe::MEMORY_VIRTUAL)
                described->dimensionFormat = layouts_[i];
        }
    }

  private:
    const Tensors& outputs_;
    std::vector<MNN::MNN_DATA_FORMAT> layouts_;
};

// Stands in for a GeometryComputer, one at a time on each thread: MNN looks one up and uses it at once.
class GuardedGeometry : public GeometryComputer {
  public:
    const GeometryComputer* inner = nullptr;

    bool onCompute(const Op* op, const Tensors& inputs, const Tensors& outputs, Context& context,
                   CommandBuffer& made) const override {
        const GeometryComputer& geometry = *inner; // another may be looked up meanwhile
        // Some add to what they made for other sizes, of tensors that are gone.
        for (Tensor* output : outputs)
            if (std::find(inputs.begin(), inputs.end(), output) == inputs.end())
                MNN::TensorUtils::getDescribe(output)->regions.clear();
        const Layouts layouts(outputs);
        if (geometry.onCompute(op, inputs, outputs, context, made)) {
            layouts.keep();
            return holds(*op, inputs, [&] {
                needLastCommand(*op, inputs, outputs, made);
                needSound(outputs, made);
            });
        }
        if (!failure) record(*op, inputs, "");
        return false;
    }

    bool onRecompute(const Op* op, const Tensors& inputs, const Tensors& outputs, Context& context,
                     CommandBuffer& made) const override {
        const GeometryComputer& geometry = *inner;
        // False makes MNN compute it from the start.
        const Layouts layouts(outputs);
        if (!geometry.onRecompute(op, inputs, outputs, context, made)) return false;
        layouts.keep();
        return holds(*op, inputs, [&] { needSound(outputs, made); });
    }
};

} // namespace

SizingLimits::SizingLimits(const RunLimits& limits) : before_(limitsHere) {
    limitsHere = &limits;
}

SizingLimits::~SizingLimits() {
    limitsHere = before_;
}

std::optional<SizingFailure> takeSizingFailure() {
    return std::exchange(failure, std::nullopt);
}

bool hasSizingFailure() {
    return failure.has_value();
}

void recordSizingFailure(SizingFailure found) {
    failure = std::move(found);
}

std::string textOf(const SizingFailure& failed, const std::string& behind) {
    std::string text = failed.name.empty() ? "a layer" : "layer '" + failed.name + "'";
    text += " (" + failed.type + ")";
    if (failed.why.empty()) {
        text += " cannot be sized for";
        for (const Shape& shape : failed.inputs) text += " " + toString(shape);
    } else {
        text += (failed.why.compare(0, 5, "gets ") == 0 ? " " : ": ") + failed.why;
    }
    return behind.empty() ? text : text + ", behind '" + behind + "'";
}

} // namespace twinfer::mnn

extern "C" bool NAME(__wrap_, COMPUTE_OUTPUT_SIZE)(const Op* op, const Tensors& inputs,
                                                   const Tensors& outputs) {
    using namespace twinfer::mnn;
    if (op == nullptr) return NAME(__real_, COMPUTE_OUTPUT_SIZE)(op, inputs, outputs);
    if (!takesNothingForGranted(*op, inputs, outputs)) return false;
    if (!NAME(__real_, COMPUTE_OUTPUT_SIZE)(op, inputs, outputs)) {
        record(*op, inputs, "");
        return false;
    }
    return holds(*op, inputs, [&] {
        needBounds(outputs);
        unpackNumbers(outputs);
        needWithinLimits(outputs);
    });
}

extern "C" const GeometryComputer* NAME(__wrap_, SEARCH_GEOMETRY)(int type,
                                                                  MNN::Runtime::CompilerType compiler) {
    static thread_local twinfer::mnn::GuardedGeometry guarded;
    guarded.inner = NAME(__real_, SEARCH_GEOMETRY)(type, compiler);
    return &guarded;
}
