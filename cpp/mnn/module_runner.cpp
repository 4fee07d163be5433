#include "module_runner.h"

#include "../error.h"
#include "../runner/find_output.h"
#include "../runner/thread_choice.h"
#include "checked_input.h"
#include "guard/sizing_failure.h"

namespace twinfer {

using namespace mnn;

MnnModuleRunner::MnnModuleRunner(const VerifiedModel& model, const RunnerOptions& options,
                                 const std::string& why)
    : facts_(model.facts), options_(options), modelBytes_(model.bytes->size()), why_(why) {
    module_ = std::make_unique<ExpressModule>(model, configFor(options, facts_), std::vector<std::string>{},
                                              std::vector<std::string>{});
    // The Module's own list has no "unknown rank", which the file does tell.
    for (const TensorSpec& input : module_->inputs()) {
        inputs_.push_back(input);
        for (const TensorSpec& fact : facts_.inputs) {
            if (fact.name == input.name) inputs_.back() = fact;
        }
    }
    checkInputShapes(options_, inputs_);
    declared_ = inputs_;
    for (TensorSpec& input : inputs_) input = givenSpec(input, options_);
    for (const std::string& name : module_->outputNames()) {
        // Known only after a run: it may depend on the input's values.
        outputs_.push_back({name, false, {}, DType::float32, Layout::NCHW});
    }
}

MnnModuleRunner::MnnModuleRunner(const MnnModuleRunner& other, std::unique_ptr<ExpressModule> module)
    : facts_(other.facts_), options_(other.options_), module_(std::move(module)), declared_(other.declared_),
      inputs_(other.inputs_), outputs_(other.outputs_), modelBytes_(0), why_(other.why_) {}

std::shared_ptr<MnnModuleRunner> MnnModuleRunner::clone() const {
    return std::shared_ptr<MnnModuleRunner>(new MnnModuleRunner(*this, module_->clone()));
}

int MnnModuleRunner::findOutput(const std::string& name) const {
    const int found = twinfer::findOutput(outputs_, facts_.tensorNames, name);
    if (found < int(outputs_.size())) return found;
    throw Error("TWINFER_MODEL_UNSUPPORTED",
                "expected an output of the model, received '" + name +
                    "': it runs as a Module, which keeps nothing else (" + why_ + ")",
                "Make it an output when the Module is loaded: Module.load(file, { outputs: ['" + name +
                    "'] }) of twinfer/mnn.");
}

RunResult MnnModuleRunner::run(const RunRequest& request) {
    checkRequest(request, inputs_, outputs_.size());
    for (size_t i = 0; i < inputs_.size(); i++) {
        checkInput(declared_[i], request.inputs[i], Fit::sized);
        checkAsGiven(inputs_[i], options_, request.inputs[i].shape);
    }
    const std::lock_guard<std::mutex> lock(runMutex_);
    const SizingLimits limits(options_.limits);
    RunResult result;
    result.inputCopied.assign(inputs_.size(), facts_.packedInput);
    result.outputs = module_->forward(request.inputs, request.outputs, request.destinations);
    for (size_t i = 0; i < result.outputs.size(); i++) {
        TensorSpec& spec = outputs_[static_cast<size_t>(request.outputs[i])];
        spec.dtype = result.outputs[i].dtype;
        spec.layout = result.outputs[i].layout;
    }
    return result;
}

Effective MnnModuleRunner::effective() const {
    Effective effective = describeMnn(module_->config(), facts_, options_,
                                      {module_->backendType(), module_->threads()}, "module");
    if (module_->config().choosesThreads) {
        effective.threadsReason =
            threadsForUnknownWork(effective.threads, "MNN does not tell the work of a Module").reason;
    }
    effective.notes.push_back(why_);
    if (options_.limits.ms > 0)
        effective.notes.push_back("limits.ms cannot end a run of a Module, which calls nothing back: isolate "
                                  "it, and its process is ended");
    return effective;
}

} // namespace twinfer
