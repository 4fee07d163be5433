#pragma once

#include <memory>
#include <vector>

#include <ncnn/layer.h>

#include "plan.h"

namespace twinfer::kernels {

// A layer in place of ncnn's own of the same type. Once the weights are there it decides: its kernel takes
// every run, or ncnn's layer does, as if this one were not there.
class Over : public ncnn::Layer {
  public:
    Over(const char* type, const Plan& plan);

    bool onKernel() const { return inner_ == nullptr; }

    int load_param(const ncnn::ParamDict& params) override;
    int load_model(const ncnn::ModelBin& weights) override;
    int create_pipeline(const ncnn::Option& option) override;
    int destroy_pipeline(const ncnn::Option& option) override;
    int forward(const ncnn::Mat& bottom, ncnn::Mat& top, const ncnn::Option& option) const override;
    int forward(const std::vector<ncnn::Mat>& bottoms, std::vector<ncnn::Mat>& tops,
                const ncnn::Option& option) const override;

  protected:
    const Plan& plan() const { return plan_; }

    // Reads the parameters. False where the kernel does not do what they ask for.
    virtual bool read(const ncnn::ParamDict& params) = 0;
    // Packs the weights for the kernel. False where ncnn's layer is the better one, or they are not fp32.
    virtual bool prepare(const std::vector<ncnn::Mat>& weights) = 0;
    virtual int run(const std::vector<ncnn::Mat>& bottoms, std::vector<ncnn::Mat>& tops,
                    const ncnn::Option& option) const = 0;

  private:
    void takeFlags();

    const Plan& plan_;
    std::unique_ptr<ncnn::Layer> inner_; // null when the kernel runs
    bool readable_ = false;
    std::vector<ncnn::Mat> weights_; // until the kernel has packed them
};

constexpr int kFailed = -100; // ncnn's number for memory that could not be had

// The same values with this many channels together, made with a workspace allocator; empty without memory.
ncnn::Mat packedBy(int pack, const ncnn::Mat& mat, const ncnn::Option& scratch);

// Options under which what is made lives as long as the layer runs.
ncnn::Option scratchOf(const ncnn::Option& option);

// The activation of a layer's parameters 9 and 10, and whether the kernels know it.
bool readActivation(const ncnn::ParamDict& params, Activation& activation);

} // namespace twinfer::kernels
