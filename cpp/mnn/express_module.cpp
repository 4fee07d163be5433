#include "express_module.h"

#include <algorithm>

#include <MNN/expr/ExecutorScope.hpp>

#include "../error.h"
#include "../format/mnn/place.h"
#include "../openmp/parallel.h"
#include "core/Backend.hpp"
#include "guard/forward_reads.h"
#include "interpreter_owner.h"
#include "sizing_attempt.h"
#include "tensor_access.h"
#include "threads.h"
#include "variables.h"
#include "vulkan_devices.h"

namespace twinfer::mnn {

using namespace MNN::Express;

namespace {

// An output that no operator makes has no place among the Module's variables: MNN takes the first of them in
// its stead, or what lies behind none (PipelineModule.cpp).
void expectMade(const std::vector<std::string>& outputs, const ModelFacts& facts) {
    for (const std::string& name : outputs) {
        const auto last = std::find(facts.tensorNames.rbegin(), facts.tensorNames.rend(), name);
        if (last == facts.tensorNames.rend()) continue; // which MNN says
        if (!facts.tensorsMade[size_t(facts.tensorNames.rend() - last) - 1])
            throw Error("TWINFER_MODEL_INVALID",
                        "not a sound MNN model: no operator makes the output '" + name + "'", kConvertAgain);
    }
}

} // namespace

ExpressModule::ExpressModule(EngineConfig config) : config_(std::move(config)) {}

ExpressModule::ExpressModule(const VerifiedModel& model, EngineConfig config,
                             const std::vector<std::string>& inputs, const std::vector<std::string>& outputs)
    : ExpressModule(std::move(config)) {
    facts_ = model.facts;
    expectMade(outputs.empty() ? facts_.outputs : outputs, facts_);
    start();
    const ExecutorScope scope(executor_);
    SizingAttempt attempt;
    if (!model.weightFile.empty()) runtime_->setExternalFile(model.weightFile);
    Module::Config options;
    options.shapeMutable = true;
    module_ = Module::load(inputs, outputs, reinterpret_cast<const uint8_t*>(model.bytes->data()),
                           model.bytes->size(), runtime_, &options);
    if (module_ == nullptr) {
        if (hasSizingFailure()) attempt.refuse(facts_, {}, false);
        throw Error("TWINFER_MODEL_UNSUPPORTED", "MNN could not load the model as a Module");
    }
    readInputs();
}

ExpressModule::~ExpressModule() {
    const ExecutorScope scope(executor_);
    Module::destroy(module_);
    runtime_.reset();
}

void ExpressModule::start() {
    if (config_.isBound()) expectThreads(config_.threads);
    // A missing GPU would be stored as a null runtime and dereferenced later, so it is asked for first.
    createRuntime(config_);
    executor_ = Executor::newExecutor(MNN_FORWARD_CPU, config_.backend, config_.threads);
    const ExecutorScope scope(executor_);
    const UseVulkanDevice device(config_.gpu);
    runtime_.reset(Executor::RuntimeManager::createRuntimeManager(config_.schedule()),
                   Executor::RuntimeManager::destroy);
    // Written when the RuntimeManager is destroyed.
    if (!config_.cacheFile.empty()) runtime_->setCache(config_.cacheFile);
    for (const auto& [hint, value] : config_.hints) runtime_->setHint(hint, value);
    if (!config_.cores.empty()) {
        std::vector<int> cores = config_.cores;
        runtime_->setHint(MNN::Interpreter::CPU_CORE_IDS, cores.data(), cores.size());
    }
    const MNN::RuntimeInfo runtimes = Executor::getRuntime();
    const auto found = runtimes.first.find(config_.type);
    if (found == runtimes.first.end()) return;
    const std::unique_ptr<MNN::Backend> backend(found->second->onCreate(&config_.backend));
    backendType_ = backend->type();
    MNN::Backend::Info info;
    info.numThread = config_.threads;
    found->second->onCheckInfo(info);
    threads_ = info.numThread;
}

void ExpressModule::readInputs() {
    for (size_t i = 0; i < info().inputNames.size(); i++) {
        const Variable::Info& input = info().inputs[i];
        inputs_.push_back(
            {info().inputNames[i], true, input.dim, dtypeOf(input.type), layoutOf(input.order)});
    }
}

std::unique_ptr<ExpressModule> ExpressModule::clone() const {
    std::unique_ptr<ExpressModule> copy(new ExpressModule(config_));
    copy->origins_ = origins_;
    copy->origins_.push_back(executor_);
    copy->origins_.push_back(runtime_);
    copy->start();
    const ExecutorScope scope(copy->executor_);
    Module::CloneContext context;
    context.pRuntimeManager = copy->runtime_;
    copy->module_ = module_->clone(&context);
    if (copy->module_ == nullptr) throw Error("TWINFER_ENGINE_FAILED", "MNN could not clone the module");
    copy->inputs_ = inputs_;
    copy->facts_ = facts_;
    return copy;
}

std::vector<OutputTensor> ExpressModule::forward(const std::vector<InputView>& inputs,
                                                 const std::vector<int>& wanted,
                                                 const std::vector<Destination>& destinations) {
    const ExecutorScope scope(executor_);
    const openmp::ThreadLimit limit(config_.threads); // some operators have more parts
    SizingAttempt attempt;
    attempt.sizesByValues();
    try {
        return compute(inputs, wanted, destinations);
    } catch (const Error& error) {
        if (error.code() != "TWINFER_ENGINE_FAILED" || !hasSizingFailure()) throw;
    }
    std::vector<GivenInput> given;
    for (size_t i = 0; i < inputs.size(); i++) given.push_back({&inputs_[i], inputs[i].shape});
    attempt.refuse(facts_, given, false);
}

std::vector<OutputTensor> ExpressModule::compute(const std::vector<InputView>& inputs,
                                                 const std::vector<int>& wanted,
                                                 const std::vector<Destination>& destinations) {
    std::vector<VARP> given;
    for (size_t i = 0; i < inputs.size(); i++) {
        given.push_back(variableOver(inputs[i], inputs_[i].dtype, info().inputs[i].order));
    }
    std::vector<VARP> variables;
    {
        const ForwardReads reads;
        variables = module_->onForward(given);
        if (reads.failed())
            throw Error("TWINFER_ENGINE_FAILED", "MNN could not compute what a branch or a loop depends on");
    }
    if (variables.size() != outputNames().size()) {
        throw Error("TWINFER_ENGINE_FAILED", "expected " + std::to_string(outputNames().size()) +
                                                 " outputs from MNN, received " +
                                                 std::to_string(variables.size()));
    }
    std::vector<OutputTensor> outputs;
    outputs.reserve(wanted.size());
    for (size_t i = 0; i < wanted.size(); i++) {
        const auto index = static_cast<size_t>(wanted[i]);
        outputs.push_back(readVariable(variables[index], outputNames()[index],
                                       destinations.empty() ? Destination{} : destinations[i]));
    }
    return outputs;
}

} // namespace twinfer::mnn
