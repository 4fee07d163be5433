#include "session_handle.h"

#include <algorithm>

#include "../error.h"
#include "../openmp/parallel.h"
#include "mnn_error.h"
#include "nearest_names.h"
#include "sizing_attempt.h"
#include "tensor_handle.h"
#include "tensor_map.h"

namespace twinfer::mnn {

using MNN::Interpreter;

namespace {

std::vector<std::string> namesOf(const std::map<std::string, MNN::Tensor*>& tensors) {
    std::vector<std::string> names;
    for (const auto& entry : tensors) names.push_back(entry.first);
    return names;
}

// In the model's order, where MNN's map is sorted by name.
std::vector<std::string> ordered(const std::vector<std::string>& first, std::vector<std::string> names) {
    std::vector<std::string> result;
    for (const std::string& name : first) {
        const auto found = std::find(names.begin(), names.end(), name);
        if (found == names.end()) continue;
        result.push_back(name);
        names.erase(found);
    }
    result.insert(result.end(), names.begin(), names.end());
    return result;
}

} // namespace

SessionHandle::SessionHandle(std::shared_ptr<InterpreterHandle> interpreter, SessionRequest request)
    : interpreter_(std::move(interpreter)), request_(std::make_unique<SessionRequest>(std::move(request))) {
    session_ = interpreter_->createSession(*request_);
    ready_ = resizeStatus() == 0;
}

SessionHandle::~SessionHandle() {
    release();
}

MNN::Session& SessionHandle::session() const {
    if (session_ != nullptr) return *session_;
    throw Error("TWINFER_DISPOSED", "this session was released");
}

const std::map<std::string, MNN::Tensor*>& SessionHandle::tensors(bool inputs) const {
    return inputs ? interpreter_->interpreter().getSessionInputAll(&session())
                  : interpreter_->interpreter().getSessionOutputAll(&session());
}

std::vector<std::string> SessionHandle::inputNames() const {
    std::vector<std::string> first;
    for (const TensorSpec& input : interpreter_->facts().inputs) first.push_back(input.name);
    return ordered(first, namesOf(tensors(true)));
}

std::vector<std::string> SessionHandle::outputNames() const {
    return ordered(interpreter_->facts().outputs, namesOf(tensors(false)));
}

std::shared_ptr<TensorHandle> SessionHandle::find(const std::string* name, bool input) {
    const std::vector<std::string> names = input ? inputNames() : outputNames();
    const bool known =
        name == nullptr ? !names.empty() : std::find(names.begin(), names.end(), *name) != names.end();
    if (!known) {
        throw Error(input ? "TWINFER_UNKNOWN_INPUT" : "TWINFER_UNKNOWN_OUTPUT",
                    std::string("expected one of ") +
                        nearestNames(name == nullptr ? "" : *name, names, names.size()) + ", received " +
                        (name == nullptr ? "none" : "'" + *name + "'"));
    }
    const std::string& wanted = name == nullptr ? names.front() : *name;
    std::shared_ptr<TensorHandle>& handle = (input ? inputs_ : outputs_)[wanted];
    if (!handle)
        handle = std::make_shared<TensorHandle>(weak_from_this(), tensors(input).at(wanted), wanted, input);
    return handle;
}

std::shared_ptr<TensorHandle> SessionHandle::input(const std::string* name) {
    return find(name, true);
}

std::shared_ptr<TensorHandle> SessionHandle::output(const std::string* name) {
    return find(name, false);
}

void SessionHandle::resizeTensor(const TensorHandle& tensor, const Shape& shape) {
    const auto own = inputs_.find(tensor.name());
    if (own == inputs_.end() || own->second.get() != &tensor) {
        // MNN looks the tensor up and dereferences the end of its map (H10).
        throw Error("TWINFER_INVALID_ARGUMENT",
                    "expected an input of this session, received '" + tensor.name() + "'");
    }
    if (shape.size() > 8 || elementsOf(shape) == 0) {
        throw Error("TWINFER_SHAPE_MISMATCH", "input '" + tensor.name() +
                                                  "': expected up to 8 dimensions of at least 1, "
                                                  "received " +
                                                  toString(shape));
    }
    for (const TensorSpec& spec : interpreter_->facts().inputs) {
        if (spec.name != tensor.name() || !spec.shapeKnown) continue;
        const size_t channel = spec.layout == Layout::NHWC ? spec.shape.size() - 1 : 1;
        const bool sameChannels = spec.shape.size() < 3 || spec.shape[channel] == kAny ||
                                  (channel < shape.size() && spec.shape[channel] == shape[channel]);
        if (shape.size() != spec.shape.size() || !sameChannels) {
            throw Error("TWINFER_SHAPE_MISMATCH", "input '" + spec.name +
                                                      "': expected the dimensions and channels of " +
                                                      toString(spec.shape) + ", received " + toString(shape));
        }
    }
    ready_ = ready_ && shapeOf(tensor.tensor()) == shape;
    interpreter_->interpreter().resizeTensor(&tensor.tensor(), shape);
}

int SessionHandle::resizeStatus() const {
    int status = 2;
    interpreter_->interpreter().getSessionInfo(&session(), Interpreter::RESIZE_STATUS, &status);
    return status;
}

void SessionHandle::resize() {
    MNN::Session& current = session();
    if (interpreter_->released()) {
        throw Error("TWINFER_INVALID_STATE",
                    "expected a model to resize with, received one after releaseModel");
    }
    unmapAll();
    ready_ = false;
    SizingAttempt attempt;
    interpreter_->interpreter().resizeSession(&current);
    const int status = resizeStatus();
    if (status != 0) {
        std::vector<GivenInput> given;
        const auto& present = tensors(true);
        for (const TensorSpec& spec : interpreter_->facts().inputs) {
            const auto found = present.find(spec.name);
            if (found != present.end()) given.push_back({&spec, shapeOf(*found->second)});
        }
        attempt.refuse(interpreter_->facts(), given, status == 1);
    }
    ready_ = true;
}

void SessionHandle::run() {
    expectRunnable();
    int threads = 1;
    interpreter_->interpreter().getSessionInfo(&session(), Interpreter::THREAD_NUMBER, &threads);
    const openmp::ThreadLimit limit(threads); // some operators have more parts
    expectSuccess(interpreter_->interpreter().runSession(&session()), "running the session");
}

void SessionHandle::expectRunnable() const {
    session();
    if (!ready_) {
        throw Error("TWINFER_INVALID_STATE",
                    "expected resizeSession before runSession, received a session without memory");
    }
    if (interpreter_->hasUserInputs()) {
        // In this mode the inputs have no memory of their own, and MNN would read through null.
        throw Error("TWINFER_INVALID_STATE", "expected inputs with memory, received Session_Input_User",
                    "Use open(): it hands your arrays to MNN in this mode.");
    }
}

SessionInfo SessionHandle::info() const {
    MNN::Session& current = session();
    Interpreter& interpreter = interpreter_->interpreter();
    SessionInfo info;
    int backends[2] = {};
    interpreter.getSessionInfo(&current, Interpreter::MEMORY, &info.memory);
    interpreter.getSessionInfo(&current, Interpreter::FLOPS, &info.flops);
    interpreter.getSessionInfo(&current, Interpreter::BACKENDS, backends);
    interpreter.getSessionInfo(&current, Interpreter::THREAD_NUMBER, &info.threads);
    info.backend = backends[0];
    info.resizeStatus = resizeStatus();
    return info;
}

void SessionHandle::track(const std::shared_ptr<TensorMap>& map) {
    maps_.erase(std::remove_if(maps_.begin(), maps_.end(), [](const auto& old) { return old.expired(); }),
                maps_.end());
    maps_.push_back(map);
}

void SessionHandle::unmapAll() {
    for (const std::weak_ptr<TensorMap>& map : std::exchange(maps_, {})) {
        if (const std::shared_ptr<TensorMap> alive = map.lock()) alive->unmap();
    }
}

void SessionHandle::release() {
    if (session_ == nullptr) return;
    unmapAll();
    for (Tensors* tensors : {&inputs_, &outputs_}) {
        for (const auto& entry : *tensors) entry.second->forget();
    }
    interpreter_->releaseSession(std::exchange(session_, nullptr));
}

} // namespace twinfer::mnn
