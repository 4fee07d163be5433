#include "interpreter_handle.h"

#include <algorithm>

#include "../error.h"
#include "../runner/thread_choice.h"
#include "engine_options.h"
#include "mnn_error.h"
#include "nearest_names.h"
#include "threads.h"
#include "verified_model.h"

namespace twinfer::mnn {

using MNN::Interpreter;

InterpreterHandle::InterpreterHandle(const ModelFile& file, const std::string& externalFile) {
    VerifiedModel model = verifyModel(file, externalFile);
    facts_ = std::move(model.facts);
    interpreter_ = createInterpreter(*model.bytes, model.weightFile);
}

void InterpreterHandle::setSessionMode(int mode) {
    if (mode < 0 || mode > Interpreter::Session_Resize_Fix) {
        throw Error("TWINFER_INVALID_ARGUMENT",
                    "expected a session mode from 0 to 15, received " + std::to_string(mode),
                    "Use the members of SessionMode.");
    }
    // These two act on the sessions that exist; all others on those to come.
    const bool onExisting =
        mode == Interpreter::Session_Resize_Check || mode == Interpreter::Session_Resize_Fix;
    if (sessions_ && !onExisting) {
        throw Error("TWINFER_INVALID_STATE",
                    "expected setSessionMode before the first session, received it after",
                    "MNN would ignore it for the sessions that exist.");
    }
    if (mode == Interpreter::Session_Input_Inside || mode == Interpreter::Session_Input_User) {
        userInputs_ = mode == Interpreter::Session_Input_User;
    }
    if (mode == Interpreter::Session_Debug || mode == Interpreter::Session_Release) {
        debug_ = mode == Interpreter::Session_Debug;
    }
    interpreter_->setSessionMode(static_cast<Interpreter::SessionMode>(mode));
}

void InterpreterHandle::setSessionHint(int hint, const std::vector<int>& values) {
    if (sessions_) {
        throw Error("TWINFER_INVALID_STATE",
                    "expected setSessionHint before the first session, received it after");
    }
    checkHint(hint, values);
    if (hint == Interpreter::CPU_CORE_IDS) {
        std::vector<int> cores = values;
        interpreter_->setSessionHint(Interpreter::CPU_CORE_IDS, cores.data(), cores.size());
    } else {
        interpreter_->setSessionHint(static_cast<Interpreter::HintMode>(hint), values[0]);
    }
}

void InterpreterHandle::setCacheFile(const std::string& path) {
    expectModel("setCacheFile");
    if (sessions_) {
        throw Error("TWINFER_INVALID_STATE",
                    "expected setCacheFile before the first session, received it after");
    }
    cacheFile_ = path;
    interpreter_->setCacheFile(path.c_str());
}

SessionRequest InterpreterHandle::requestFor(const RunnerOptions& options) {
    if (sessions_) {
        throw Error("TWINFER_INVALID_STATE", "expected hints before the first session, received them after");
    }
    SessionRequest request;
    request.config = configFor(options, facts_);
    applyHints(*interpreter_, request.config);
    return request;
}

MNN::Session* InterpreterHandle::createSession(SessionRequest& request) {
    expectModel("createSession");
    if (facts_.needsModule && request.pathOutputs.empty()) {
        // MNN would give a Session all the same, one that can never be sized.
        throw Error("TWINFER_MODEL_UNSUPPORTED",
                    "expected a model that a Session can run, received one with " + facts_.moduleReason,
                    "Load it with Module.load(), or with open(), which chooses by itself.");
    }
    expectNames(request.saveTensors, true);
    expectNames(request.pathInputs, request.pathByTensor);
    expectNames(request.pathOutputs, request.pathByTensor);
    if (request.config.isBound()) expectThreads(request.config.threads);
    const MNN::RuntimeInfo runtime = createRuntime(request.config);
    MNN::Session* session = makeSession(*interpreter_, request.schedule(), runtime);
    sessions_ = true;
    if (!request.config.choosesThreads || request.config.type != MNN_FORWARD_CPU) return session;
    // As a model has them, so that a trace shows its values.
    float millions = 0;
    int status = 2;
    interpreter_->getSessionInfo(session, MNN::Interpreter::FLOPS, &millions);
    interpreter_->getSessionInfo(session, MNN::Interpreter::RESIZE_STATUS, &status);
    const int threads = threadsForWork(double(millions) * 1e6, request.config.threads).threads;
    if (status != 0 || threads == request.config.threads) return session;
    request.config.threads = threads;
    interpreter_->releaseSession(session);
    return makeSession(*interpreter_, request.schedule(), createRuntime(request.config));
}

void InterpreterHandle::releaseSession(MNN::Session* session) {
    interpreter_->releaseSession(session);
}

void InterpreterHandle::updateCacheFile(MNN::Session* session) {
    if (cacheFile_.empty()) {
        throw Error("TWINFER_INVALID_STATE",
                    "expected setCacheFile before updateCacheFile, received no file");
    }
    expectSuccess(interpreter_->updateCacheFile(session), "writing the cache file");
}

void InterpreterHandle::releaseModel() {
    if (released_) return;
    released_ = true;
    interpreter_->releaseModel();
}

void InterpreterHandle::expectModel(const char* doing) const {
    if (!released_) return;
    throw Error("TWINFER_INVALID_STATE",
                std::string(doing) + ": expected a model, received one after releaseModel",
                "Call releaseModel last: MNN needs the model for every new session and every resize.");
}

void InterpreterHandle::expectNames(const std::vector<std::string>& names, bool tensors) const {
    const std::vector<std::string>& known = tensors ? facts_.tensorNames : facts_.operatorNames;
    for (const std::string& name : names) {
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        throw Error("TWINFER_INVALID_ARGUMENT",
                    std::string("expected the name of ") + (tensors ? "a tensor" : "an operator") +
                        " of the model, received '" + name + "'; nearest: " + nearestNames(name, known, 3));
    }
}

} // namespace twinfer::mnn
