#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "effective_mnn.h"
#include "express_module.h"
#include "verified_model.h"

namespace twinfer {

// A model on MNN's Express path, which runs control flow and shapes that depend on values.
class MnnModuleRunner : public Runner {
  public:
    // `why` becomes a note of effective().
    MnnModuleRunner(const mnn::VerifiedModel& model, const RunnerOptions& options, const std::string& why);

    // Another one that runs beside it, on the same weights.
    std::shared_ptr<MnnModuleRunner> clone() const;

    const std::vector<TensorSpec>& inputs() const override { return inputs_; }
    const std::vector<TensorSpec>& outputs() const override { return outputs_; }
    Effective effective() const override;
    // Throws TWINFER_MODEL_UNSUPPORTED for a tensor of the graph that is no output.
    int findOutput(const std::string& name) const override;
    std::vector<std::string> tensorNames() const override { return facts_.tensorNames; }
    int lanes() const override { return 1; }
    RunResult run(const RunRequest& request) override;
    size_t memory() const override { return modelBytes_ * 2; } // a Module keeps its own copy of the file

  private:
    MnnModuleRunner(const MnnModuleRunner& other, std::unique_ptr<mnn::ExpressModule> module);

    mnn::ModelFacts facts_;
    RunnerOptions options_;
    std::unique_ptr<mnn::ExpressModule> module_;
    std::mutex runMutex_;              // runSync() on the JavaScript thread, while run() is in flight
    std::vector<TensorSpec> declared_; // by the file
    std::vector<TensorSpec> inputs_;   // with what inputShapes says
    std::vector<TensorSpec> outputs_;
    size_t modelBytes_;
    std::string why_;
};

} // namespace twinfer
