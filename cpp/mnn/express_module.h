#pragma once

#include <memory>
#include <string>
#include <vector>

#include <MNN/expr/Module.hpp>

#include "engine_config.h"
#include "verified_model.h"

namespace twinfer::mnn {

// An Express Module with an Executor of its own, which every call enters: MNN keeps the current
// Executor a thread, and two models on one would share their runtime's memory. Serialise the calls.
class ExpressModule {
  public:
    // Empty lists mean the file's own inputs and outputs.
    // Throws TWINFER_MODEL_UNSUPPORTED or TWINFER_DEVICE_UNAVAILABLE.
    ExpressModule(const VerifiedModel& model, EngineConfig config, const std::vector<std::string>& inputs,
                  const std::vector<std::string>& outputs);
    ~ExpressModule();
    ExpressModule(const ExpressModule&) = delete;
    ExpressModule& operator=(const ExpressModule&) = delete;

    // Shares the weights with the original, and can run beside it on another thread.
    std::unique_ptr<ExpressModule> clone() const;

    const EngineConfig& config() const { return config_; }
    int backendType() const { return backendType_; }
    int threads() const { return threads_; }
    const std::vector<TensorSpec>& inputs() const { return inputs_; }
    const std::vector<std::string>& outputNames() const { return info().outputNames; }
    const MNN::Express::Module::Info& info() const { return *module_->getInfo(); }

    // One OutputTensor for each of `wanted`, in the order of outputNames(). The inputs have been checked.
    std::vector<OutputTensor> forward(const std::vector<InputView>& inputs, const std::vector<int>& wanted,
                                      const std::vector<Destination>& destinations);

  private:
    explicit ExpressModule(EngineConfig config);

    void start();
    std::vector<OutputTensor> compute(const std::vector<InputView>& inputs, const std::vector<int>& wanted,
                                      const std::vector<Destination>& destinations);
    void readInputs();

    EngineConfig config_;
    ModelFacts facts_;
    // A clone's weights lie in the original's runtime, which frees them: it has to die last.
    std::vector<std::shared_ptr<void>> origins_;
    std::shared_ptr<MNN::Express::Executor> executor_;
    std::shared_ptr<MNN::Express::Executor::RuntimeManager> runtime_;
    MNN::Express::Module* module_ = nullptr; // destroyed inside a scope of executor_
    std::vector<TensorSpec> inputs_;
    int backendType_ = MNN_FORWARD_CPU;
    int threads_ = 1;
};

} // namespace twinfer::mnn
