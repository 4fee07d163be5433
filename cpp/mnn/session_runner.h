#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "../runner/thread_choice.h"
#include "../vulkan/placement.h"
#include "effective_mnn.h"
#include "interpreter_owner.h"
#include "session_input.h"
#include "session_output.h"
#include "verified_model.h"

namespace twinfer {

// A model on MNN's classic path: one Interpreter with one Session and a runtime of its own.
class MnnSessionRunner : public Runner {
  public:
    // Throws Error; TWINFER_MODEL_UNSUPPORTED when only a Module can run it.
    MnnSessionRunner(const mnn::VerifiedModel& model, const RunnerOptions& options);
    ~MnnSessionRunner() override;

    const std::vector<TensorSpec>& inputs() const override { return inputSpecs_; }
    const std::vector<TensorSpec>& outputs() const override { return outputSpecs_; }
    Effective effective() const override;
    int findOutput(const std::string& name) const override;
    std::vector<std::string> tensorNames() const override { return facts_.tensorNames; }
    int lanes() const override { return 1; } // one lock per Interpreter
    RunResult run(const RunRequest& request) override;
    size_t memory() const override;

  private:
    void createSession();
    // The backend and the threads that the session really has.
    void readRunning();
    // A new session, which also keeps these tensors that are no outputs.
    void remakeSession(const std::vector<std::string>& kept);
    // Once the shapes are known, and with them the work. Threads that were enough for more stay.
    void chooseThreads();
    void bindInputs();
    void bindOutputs();
    // Makes the session anew where a tensor is wanted that MNN does not keep for it: only a session's
    // outputs have memory that lasts to the end of a run.
    void keepTensors(const std::vector<int>& wanted);
    void rebind();
    OutputTensor read(int output, const RunRequest& request, const Destination& destination);
    void resize();
    void afterTuning();
    bool takeShapes(const std::vector<InputView>& inputs);

    mnn::ModelFacts facts_;
    RunnerOptions options_;
    mnn::EngineConfig config_;
    mnn::InterpreterOwner interpreter_;
    MNN::Session* session_ = nullptr;
    mnn::RunningBackend running_;
    std::mutex runMutex_;               // runSync() on the JavaScript thread, while run() is in flight
    mutable std::mutex effectiveMutex_; // effective() is asked on another thread than run(): guards these
    Placement placement_;
    ThreadChoice threads_;
    const int cores_; // to choose threads from; 0 where they are given
    std::vector<mnn::SessionInput> inputs_;
    std::vector<mnn::SessionOutput> outputs_;
    std::map<std::string, mnn::SessionOutput> kept_; // tensors that are no outputs, by name
    std::vector<TensorSpec> inputSpecs_;
    std::vector<TensorSpec> outputSpecs_;
    size_t modelBytes_;
    bool zeroCopy_ = false; // Session_Input_User: inputs are read where the caller has them
    bool resized_ = false;
};

} // namespace twinfer
