#include <cstring>

#include <MNN/Interpreter.hpp>
#include <MNN/Tensor.hpp>

#include "loop.h"

namespace {

class MnnLoop : public Loop {
  public:
    MnnLoop(const std::string& model, int threads)
        : interpreter_(MNN::Interpreter::createFromFile(model.c_str())) {
        MNN::BackendConfig backend;
        backend.precision = MNN::BackendConfig::Precision_High;
        MNN::ScheduleConfig schedule;
        schedule.numThread = threads;
        schedule.backendConfig = &backend;
        session_ = interpreter_->createSession(schedule);
        input_ = interpreter_->getSessionInput(session_, nullptr);
        output_ = interpreter_->getSessionOutput(session_, nullptr);
        hostOutput_ = std::make_unique<MNN::Tensor>(output_, MNN::Tensor::CAFFE);
    }

    void run(const std::vector<float>& input, std::vector<float>& output) override {
        const std::unique_ptr<MNN::Tensor> host(MNN::Tensor::create(
            input_->shape(), input_->getType(), const_cast<float*>(input.data()), MNN::Tensor::CAFFE));
        input_->copyFromHostTensor(host.get());
        interpreter_->runSession(session_);
        output_->copyToHostTensor(hostOutput_.get());
        output.resize(hostOutput_->elementSize());
        std::memcpy(output.data(), hostOutput_->host<float>(), output.size() * sizeof(float));
    }

  private:
    std::unique_ptr<MNN::Interpreter> interpreter_;
    MNN::Session* session_;
    MNN::Tensor* input_;
    MNN::Tensor* output_;
    std::unique_ptr<MNN::Tensor> hostOutput_;
};

} // namespace

std::unique_ptr<Loop> openMnnLoop(const std::string& model, int threads) {
    return std::make_unique<MnnLoop>(model, threads);
}
