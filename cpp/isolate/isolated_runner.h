#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "../runner/runner.h"
#include "engine_process.h"
#include "mailbox.h"
#include "protocol.h"

namespace twinfer {

// How a model runs in a process of its own, and what it may take there; 0 is no limit.
struct Isolation {
    std::vector<std::string> command; // what calls serveModel
    double ms = 0;                    // of one run, or of opening
    double memory = 0;                // bytes beyond what the process has when it is ready
};

// A model whose engine runs in a process of its own. A crash there is TWINFER_ENGINE_CRASHED; what goes on
// for too long is ended, and TWINFER_LIMIT_EXCEEDED. The next run starts the process again.
class IsolatedRunner : public Runner {
  public:
    // Throws what opening the model throws, and these two.
    IsolatedRunner(ModelRequest model, Isolation isolation);
    ~IsolatedRunner() override;

    const std::vector<TensorSpec>& inputs() const override { return inputs_; }
    const std::vector<TensorSpec>& outputs() const override { return outputs_; }
    Effective effective() const override;
    int findOutput(const std::string& name) const override;
    std::vector<std::string> tensorNames() const override { return names_; }
    int lanes() const override { return 1; }
    RunResult run(const RunRequest& request) override;
    size_t memory() const override { return 0; } // it is another process's

  private:
    void start();
    // One question and its answer. Throws the error that came back, and what the class says.
    // Ends the process where `cancelled` turns 1 meanwhile.
    MessageReader ask(const char* what, const std::function<void(MessageWriter&)>& question,
                      const int32_t* cancelled = nullptr);
    [[noreturn]] void refuse(const char* what, bool late, double ms);

    const ModelRequest model_;
    const Isolation isolation_;
    std::mutex turn_; // one question at a time
    Mailbox mailbox_{Mailbox::Side::host};
    std::unique_ptr<EngineProcess> process_;
    std::vector<TensorSpec> inputs_;
    std::vector<TensorSpec> outputs_;
    std::vector<std::string> names_;
    mutable std::mutex known_;
    Effective effective_; // as it was last read back
};

} // namespace twinfer
