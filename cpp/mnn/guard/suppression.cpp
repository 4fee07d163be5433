// Boxes among which MNN picks those that overlap least, inside a Module: NMSModule::onForward follows its
// third input wherever it leads, and takes the sizes of all others from two of them. The linker hands us the
// function that makes it (--wrap in cpp/CMakeLists.txt). Compiled without RTTI, as it derives from a class of
// MNN's.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <MNN/expr/Module.hpp>
#include <MNN/expr/NeuralNetWorkOp.hpp>

#include "MNN_generated.h"
#include "forward_reads.h"
#include "sizing.h"
#include "sizing_failure.h"
#include "wrapped_symbol.h"

using MNN::Express::Module;
using MNN::Express::Variable;
using MNN::Express::VARP;

#define CREATE_SUPPRESSION _ZN3MNN7Express9NMSModule6createEPKNS_2OpE

extern "C" Module* NAME(__real_, CREATE_SUPPRESSION)(const MNN::Op* op);

namespace twinfer::mnn {

namespace {

constexpr size_t kMostInputs = 5;

class Suppression : public Module {
  public:
    Suppression(std::shared_ptr<Module> inner, std::string name)
        : inner_(std::move(inner)), layer_(std::move(name)) {}

    std::vector<VARP> onForward(const std::vector<VARP>& inputs) override {
        try {
            needAll(inputs);
            return inner_->onForward(inputs);
        } catch (const Unsizable& refusal) {
            fail(inputs, refusal.why);
        }
        ForwardReads::fail();
        return {MNN::Express::_Scalar<int>(0)};
    }

  private:
    Module* clone(CloneContext* context) const override {
        std::shared_ptr<Module> inner(inner_->clone(context), Module::destroy);
        return inner == nullptr ? nullptr : cloneBaseTo(context, new Suppression(std::move(inner), layer_));
    }

    static void needAll(const std::vector<VARP>& inputs) {
        needRange(int64_t(inputs.size()), 3, kMostInputs, "a number of inputs");
        const Variable::Info& boxes = read<float>(inputs, 0);
        const Variable::Info& scores = read<float>(inputs, 1);
        needRange(read<int32_t>(inputs, 2).size, 1, INT32_MAX, "a number of boxes to pick: values");
        for (size_t i = 3; i < inputs.size(); i++)
            needRange(read<float>(inputs, i).size, 1, INT32_MAX, "a threshold: values");
        // Scores of each class in each image, or of the boxes alone.
        const size_t rank = scores.dim.size();
        if (rank != 1 && rank != 3)
            refuse("expected scores of 1 or 3 dimensions, received " + std::to_string(rank));
        if (boxes.dim.empty() || boxes.dim.back() != 4) refuse("expected boxes of 4 corners each");
        const int64_t images = rank == 3 ? scores.dim[0] : 1;
        const int64_t each = rank == 3 ? scores.dim[2] : boxes.dim[0];
        needRange(scores.size, rank == 3 ? 0 : each, INT32_MAX, "a number of scores");
        needRange(boxes.size, 4 * images * each, INT32_MAX, "corners of boxes:");
    }

    template <typename Value>
    static const Variable::Info& read(const std::vector<VARP>& inputs, size_t index) {
        const Variable::Info* info = inputs[index] == nullptr ? nullptr : inputs[index]->getInfo();
        const std::string input = "input " + std::to_string(index);
        if (info == nullptr) refuse("expected " + input + ", received none");
        if (info->type != halide_type_of<Value>()) refuse("received another type of values in " + input);
        if (info->size > 0 && inputs[index]->readMap<Value>() == nullptr)
            refuse("could not compute " + input);
        return *info;
    }

    void fail(const std::vector<VARP>& inputs, const std::string& why) const {
        SizingFailure failure{layer_, "NonMaxSuppressionV2", why, {}};
        for (const VARP& input : inputs) {
            const Variable::Info* info = input == nullptr ? nullptr : input->getInfo();
            if (info != nullptr) failure.inputs.emplace_back(info->dim.begin(), info->dim.end());
        }
        recordSizingFailure(std::move(failure));
    }

    std::shared_ptr<Module> inner_;
    std::string layer_;
};

} // namespace

} // namespace twinfer::mnn

extern "C" Module* NAME(__wrap_, CREATE_SUPPRESSION)(const MNN::Op* op) {
    std::shared_ptr<Module> inner(NAME(__real_, CREATE_SUPPRESSION)(op), Module::destroy);
    return std::make_unique<twinfer::mnn::Suppression>(std::move(inner), op->name() ? op->name()->str() : "")
        .release();
}
