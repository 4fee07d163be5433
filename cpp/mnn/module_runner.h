#pragma once

#include <memory>
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

    const std::vector<TensorSpec>& inputs() const override { return inputs_; }
    const std::vector<TensorSpec>& outputs() const override { return outputs_; }
    Effective effective() const override;
    bool concurrent() const override { return false; }
    RunResult run(const RunRequest& request) override;
    size_t memory() const override { return modelBytes_ * 2; } // a Module keeps its own copy of the file

  private:
    mnn::ModelFacts facts_;
    RunnerOptions options_;
    std::unique_ptr<mnn::ExpressModule> module_;
    std::vector<TensorSpec> inputs_;
    std::vector<TensorSpec> outputs_;
    size_t modelBytes_;
    std::string why_;
};

} // namespace twinfer
