// A branch of an If that fails gives no outputs, and IfModule::onForward takes the first of them all the same
// (IfModule.cpp:34). The linker hands us the function that makes it (--wrap in cpp/CMakeLists.txt): branches
// then give a number for each output that they owe, and the run is known to have failed.
// Compiled without RTTI, as it derives from a class of MNN's.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <MNN/expr/Module.hpp>
#include <MNN/expr/NeuralNetWorkOp.hpp>

#include "forward_reads.h"
#include "wrapped_symbol.h"

using MNN::Express::Module;
using MNN::Express::SubGraph;
using MNN::Express::VARP;
using SubGraphs = std::map<std::string, SubGraph>;

#define CREATE_IF                                                                                            \
    _ZN3MNN7Express8IfModule6createEPKNS_2OpERKSt3mapINSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEENS0_8SubGraphESt4lessISB_ESaISt4pairIKSB_SC_EEE

extern "C" Module* NAME(__real_, CREATE_IF)(const MNN::Op* op, const SubGraphs& subGraphs);

namespace twinfer::mnn {

namespace {

class Branch : public Module {
  public:
    Branch(std::shared_ptr<Module> inner, size_t outputs) : inner_(std::move(inner)), outputs_(outputs) {}

    std::vector<VARP> onForward(const std::vector<VARP>& inputs) override {
        std::vector<VARP> outputs = inner_->onForward(inputs);
        if (outputs.size() >= outputs_) return outputs;
        ForwardReads::fail();
        return std::vector<VARP>(outputs_, MNN::Express::_Scalar<float>(0));
    }

  private:
    Module* clone(CloneContext* context) const override {
        std::shared_ptr<Module> inner(inner_->clone(context), Module::destroy);
        return inner == nullptr ? nullptr : cloneBaseTo(context, new Branch(std::move(inner), outputs_));
    }

    std::shared_ptr<Module> inner_;
    size_t outputs_;
};

} // namespace

} // namespace twinfer::mnn

extern "C" Module* NAME(__wrap_, CREATE_IF)(const MNN::Op* op, const SubGraphs& subGraphs) {
    SubGraphs guarded = subGraphs;
    for (auto& [name, graph] : guarded)
        graph.m = std::make_shared<twinfer::mnn::Branch>(graph.m, graph.outputs.size());
    return NAME(__real_, CREATE_IF)(op, guarded);
}
