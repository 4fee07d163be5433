#pragma once

#include <memory>
#include <string>
#include <vector>

#include "../format/mnn/model_facts.h"
#include "../runner/runner.h"
#include "interpreter_owner.h"
#include "session_request.h"

namespace twinfer::mnn {

// MNN's Interpreter with the order of calls that it takes for granted: modes and hints before the first
// session, no session and no resize once the model was released. Sessions keep it alive.
class InterpreterHandle : public std::enable_shared_from_this<InterpreterHandle> {
  public:
    // Verified first (verifyMnnModel). `externalFile`, when not empty, holds the external weights.
    InterpreterHandle(const ModelFile& file, const std::string& externalFile);

    // Throws TWINFER_INVALID_ARGUMENT for an unknown mode, TWINFER_INVALID_STATE after a session.
    void setSessionMode(int mode);
    void setSessionHint(int hint, const std::vector<int>& values);
    // Read now, written by updateCacheFile. Only GPU backends have a cache.
    void setCacheFile(const std::string& path);

    // The session that open() makes for these options; sets their hints, so it comes before any session.
    SessionRequest requestFor(const RunnerOptions& options);
    // Throws TWINFER_INVALID_STATE after releaseModel, TWINFER_DEVICE_UNAVAILABLE, TWINFER_INVALID_ARGUMENT
    // for a tensor or operator name that the model does not have, TWINFER_MODEL_UNSUPPORTED.
    MNN::Session* createSession(SessionRequest& request);
    void releaseSession(MNN::Session* session);
    void updateCacheFile(MNN::Session* session);
    void releaseModel();

    bool released() const { return released_; }
    bool hasUserInputs() const { return userInputs_; } // Session_Input_User
    bool hasDebugInfo() const { return debug_; }       // Session_Debug
    MNN::Interpreter& interpreter() const { return *interpreter_; }
    const ModelFacts& facts() const { return facts_; }

  private:
    void expectModel(const char* doing) const;
    void expectNames(const std::vector<std::string>& names, bool tensors) const;

    InterpreterOwner interpreter_;
    ModelFacts facts_;
    std::string cacheFile_;
    bool sessions_ = false;
    bool released_ = false;
    bool userInputs_ = false;
    bool debug_ = true;
};

} // namespace twinfer::mnn
