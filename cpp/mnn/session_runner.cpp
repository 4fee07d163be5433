#include "session_runner.h"

#include <algorithm>

#include "../error.h"
#include "../openmp/parallel.h"
#include "../runner/destination.h"
#include "../runner/find_output.h"
#include "checked_input.h"
#include "mnn_error.h"
#include "session_placement.h"
#include "sizing_attempt.h"
#include "threads.h"
#include "vulkan_kernels.h"
#include "watched_session.h"

namespace twinfer {

using namespace mnn;
using MNN::Interpreter;

namespace {

constexpr size_t kSmallModel = 256 * 1024;

} // namespace

MnnSessionRunner::MnnSessionRunner(const VerifiedModel& model, const RunnerOptions& options)
    : facts_(model.facts), options_(options), config_(configFor(options, facts_)),
      threads_{config_.threads, ""},
      cores_(config_.choosesThreads && config_.type == MNN_FORWARD_CPU ? config_.threads : 0),
      modelBytes_(model.bytes->size()) {
    // The likely choice, so that the session need not be made again.
    if (cores_ > 0 && modelBytes_ < kSmallModel) config_.threads = 1;
    interpreter_ = createInterpreter(*model.bytes, model.weightFile);
    createSession();
    bindInputs();
    const bool open = std::any_of(inputs_.begin(), inputs_.end(), [](const SessionInput& input) {
        return !input.spec().shapeKnown || isOpen(input.shape());
    });
    if (!open) resize();
    bindOutputs();
}

MnnSessionRunner::~MnnSessionRunner() = default;

void MnnSessionRunner::createSession() {
    applyHints(*interpreter_, config_);
    // A packed input would need its memory in MNN's own order; MNN's GPU backends copy inputs anyway.
    zeroCopy_ = config_.type == MNN_FORWARD_CPU && !facts_.packedInput;
    interpreter_->setSessionMode(zeroCopy_ ? Interpreter::Session_Input_User
                                           : Interpreter::Session_Input_Inside);
    // An input with open dimensions cannot be sized yet.
    if (!zeroCopy_) interpreter_->setSessionMode(Interpreter::Session_Resize_Defer);

    if (!config_.cacheFile.empty()) interpreter_->setCacheFile(config_.cacheFile.c_str());
    if (config_.isBound()) expectThreads(config_.threads);
    const MNN::RuntimeInfo runtime = createRuntime(config_);
    session_ = makeSession(*interpreter_, config_.schedule(), runtime);
    readRunning();
    if (config_.type == MNN_FORWARD_VULKAN && running_.type != MNN_FORWARD_VULKAN) {
        throw Error("TWINFER_DEVICE_UNAVAILABLE",
                    "expected MNN's Vulkan backend, received backend " + std::to_string(running_.type));
    }
}

void MnnSessionRunner::readRunning() {
    int types[2] = {MNN_FORWARD_CPU, MNN_FORWARD_CPU};
    interpreter_->getSessionInfo(session_, Interpreter::BACKENDS, types);
    running_.type = types[0];
    interpreter_->getSessionInfo(session_, Interpreter::THREAD_NUMBER, &running_.threads);
}

void MnnSessionRunner::bindInputs() {
    const auto& tensors = interpreter_->getSessionInputAll(session_);
    for (const TensorSpec& spec : facts_.inputs) {
        const auto found = tensors.find(spec.name);
        if (found == tensors.end()) continue; // an Input that no operator uses
        inputs_.emplace_back(found->second, spec, initialShape(spec, options_));
        inputSpecs_.push_back(givenSpec(spec, options_));
    }
    // One that no Input operator names would stay without memory, and be read all the same.
    if (inputs_.size() != tensors.size()) {
        throw Error("TWINFER_MODEL_INVALID",
                    "not a sound MNN model: expected " + std::to_string(tensors.size()) +
                        " Input operators, received " + std::to_string(inputs_.size()));
    }
    checkInputShapes(options_, inputSpecs_);
}

void MnnSessionRunner::bindOutputs() {
    const auto& tensors = interpreter_->getSessionOutputAll(session_);
    const bool fixed = std::none_of(inputSpecs_.begin(), inputSpecs_.end(), [](const TensorSpec& input) {
        return !input.shapeKnown || isOpen(input.shape);
    });
    for (const std::string& name : facts_.outputs) {
        const auto found = tensors.find(name);
        if (found == tensors.end()) continue;
        outputs_.emplace_back(found->second);
        TensorSpec spec{name, fixed, {}, DType::float32, Layout::NCHW};
        if (resized_) {
            outputs_.back().refresh();
            if (fixed) spec.shape = outputs_.back().shape();
            spec.dtype = outputs_.back().dtype();
            spec.layout = outputs_.back().layout();
        }
        outputSpecs_.push_back(spec);
    }
    if (outputs_.empty()) throw Error("TWINFER_MODEL_INVALID", "not a sound MNN model: it has no outputs");
}

void MnnSessionRunner::resize() {
    resized_ = false;
    for (SessionInput& input : inputs_) interpreter_->resizeTensor(input.tensor(), input.shape());
    SizingAttempt attempt;
    const SizingLimits limits(options_.limits);
    interpreter_->resizeSession(session_);
    int status = 2;
    // resizeSession returns nothing; 1 and 2 mean that it stopped on the way.
    if (!interpreter_->getSessionInfo(session_, Interpreter::RESIZE_STATUS, &status)) status = 2;
    if (status != 0) {
        std::vector<GivenInput> given;
        for (const SessionInput& input : inputs_) given.push_back({&input.spec(), input.shape()});
        attempt.refuse(facts_, given, status == 1);
    }
    requireMemoryWithin(options_.limits, *interpreter_, session_);
    if (!zeroCopy_) {
        for (SessionInput& input : inputs_) input.refresh();
    }
    for (SessionOutput& output : outputs_) output.refresh();
    for (auto& [name, output] : kept_) output.refresh();
    resized_ = true;
    if (config_.type == MNN_FORWARD_VULKAN) afterTuning();
    if (cores_ > 0) chooseThreads();
}

void MnnSessionRunner::chooseThreads() {
    float millions = 0;
    if (!interpreter_->getSessionInfo(session_, Interpreter::FLOPS, &millions)) return;
    const ThreadChoice choice = threadsForWork(double(millions) * 1e6, cores_);
    bool isFirst = false;
    {
        const std::lock_guard<std::mutex> lock(effectiveMutex_);
        isFirst = threads_.reason.empty();
        if (!isFirst && choice.threads <= threads_.threads) return;
        threads_ = choice;
    }
    if (choice.threads == config_.threads) return;
    std::vector<std::string> kept;
    for (const auto& tensor : kept_) kept.push_back(tensor.first);
    {
        const std::lock_guard<std::mutex> lock(effectiveMutex_);
        config_.threads = choice.threads;
    }
    remakeSession(kept);
    {
        const std::lock_guard<std::mutex> lock(effectiveMutex_);
        readRunning();
    }
    resize();
}

// MNN tunes its kernels for the shapes while it resizes.
void MnnSessionRunner::afterTuning() {
    {
        const std::lock_guard<std::mutex> lock(effectiveMutex_);
        placement_ = placementOf(*session_);
    }
    if (!config_.cacheFile.empty()) {
        expectSuccess(interpreter_->updateCacheFile(session_), "writing the tuning cache");
    }
}

bool MnnSessionRunner::takeShapes(const std::vector<InputView>& inputs) {
    bool changed = !resized_;
    for (size_t i = 0; i < inputs_.size(); i++) {
        if (inputs_[i].shape() == inputs[i].shape) continue;
        inputs_[i].setShape(inputs[i].shape);
        changed = true;
    }
    return changed;
}

int MnnSessionRunner::findOutput(const std::string& name) const {
    return twinfer::findOutput(outputSpecs_, facts_.tensorNames, name);
}

void MnnSessionRunner::keepTensors(const std::vector<int>& wanted) {
    std::vector<std::string> names;
    for (const int output : wanted) {
        if (size_t(output) < outputs_.size()) continue;
        const std::string& name = facts_.tensorNames[size_t(output) - outputs_.size()];
        const auto isIt = [&](const TensorSpec& spec) { return spec.name == name; };
        const bool isInput = std::any_of(inputSpecs_.begin(), inputSpecs_.end(), isIt);
        if (!isInput && kept_.count(name) == 0) names.push_back(name);
    }
    if (names.empty()) return;
    for (const auto& kept : kept_) names.push_back(kept.first);
    // Where the file names no outputs, MNN's own choice gives way to this list (Schedule.cpp).
    names.insert(names.end(), facts_.outputs.begin(), facts_.outputs.end());
    remakeSession(names);
}

void MnnSessionRunner::remakeSession(const std::vector<std::string>& kept) {
    MNN::ScheduleConfig schedule = config_.schedule();
    schedule.saveTensors = kept;
    MNN::Session* session = makeSession(*interpreter_, schedule, createRuntime(config_));
    const auto& tensors = interpreter_->getSessionOutputAll(session);
    for (const std::string& name : kept) {
        const bool isOutput =
            std::find(facts_.outputs.begin(), facts_.outputs.end(), name) != facts_.outputs.end();
        if (isOutput || tensors.count(name) > 0) continue;
        interpreter_->releaseSession(session);
        throw Error("TWINFER_UNKNOWN_OUTPUT", "expected a tensor that MNN computes, received '" + name + "'");
    }
    interpreter_->releaseSession(std::exchange(session_, session));
    kept_.clear();
    for (const std::string& name : kept) {
        if (const auto found = tensors.find(name); found != tensors.end()) kept_.emplace(name, found->second);
    }
    rebind();
}

// Tensors belong to their session.
void MnnSessionRunner::rebind() {
    resized_ = false;
    const auto& inputs = interpreter_->getSessionInputAll(session_);
    for (SessionInput& input : inputs_) {
        input = SessionInput(inputs.at(input.spec().name), input.spec(), input.shape());
    }
    const auto& outputs = interpreter_->getSessionOutputAll(session_);
    for (size_t i = 0; i < outputs_.size(); i++)
        outputs_[i] = SessionOutput(outputs.at(outputSpecs_[i].name));
}

OutputTensor MnnSessionRunner::read(int output, const RunRequest& request, const Destination& destination) {
    const size_t index = size_t(output);
    if (index < outputs_.size()) return outputs_[index].read(destination);
    const std::string& name = facts_.tensorNames[index - outputs_.size()];
    for (size_t i = 0; i < inputs_.size(); i++) {
        if (inputSpecs_[i].name == name) return copyOf(request.inputs[i], inputSpecs_[i], destination);
    }
    return kept_.at(name).read(destination);
}

RunResult MnnSessionRunner::run(const RunRequest& request) {
    checkRequest(request, inputSpecs_, outputSpecs_.size() + facts_.tensorNames.size());
    for (size_t i = 0; i < inputs_.size(); i++) {
        checkInput(inputs_[i].spec(), request.inputs[i], Fit::sized);
        checkAsGiven(inputSpecs_[i], options_, request.inputs[i].shape);
    }
    const std::lock_guard<std::mutex> lock(runMutex_);
    keepTensors(request.outputs);
    if (takeShapes(request.inputs)) resize();
    for (size_t i = 0; i < inputs_.size(); i++) {
        if (zeroCopy_) {
            inputs_[i].point(request.inputs[i].data);
        } else {
            inputs_[i].copy(request.inputs[i].data);
        }
    }
    const openmp::ThreadLimit limit(config_.threads); // some operators have more parts
    runWatched(*interpreter_, session_, options_.limits, request.cancelled);

    RunResult result;
    result.inputCopied.assign(inputs_.size(), !zeroCopy_);
    result.outputs.reserve(request.outputs.size());
    for (size_t i = 0; i < request.outputs.size(); i++) {
        const Destination destination =
            request.destinations.empty() ? Destination{} : request.destinations[i];
        result.outputs.push_back(read(request.outputs[i], request, destination));
    }
    return result;
}

Effective MnnSessionRunner::effective() const {
    const std::lock_guard<std::mutex> lock(effectiveMutex_);
    Effective effective = describeMnn(config_, facts_, options_, running_, "session");
    if (cores_ > 0) {
        effective.threadsReason = threads_.reason;
        if (threads_.reason.empty())
            effective.threadsReason =
                threadsForUnknownWork(cores_, "the first run tells the shapes, and with them the work")
                    .reason;
    }
    if (const std::string note = placement_.note("MNN"); !note.empty()) effective.notes.push_back(note);
    for (const auto& [type, count] : placement_.onCpu) {
        if (const std::string why = whyKeptOnCpu(type); !why.empty()) effective.notes.push_back(why);
    }
    return effective;
}

size_t MnnSessionRunner::memory() const {
    float megabytes = 0;
    interpreter_->getSessionInfo(session_, Interpreter::MEMORY, &megabytes);
    return modelBytes_ + static_cast<size_t>(megabytes * 1024 * 1024);
}

} // namespace twinfer
