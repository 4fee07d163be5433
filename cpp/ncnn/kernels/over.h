#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include <ncnn/layer.h>

#include "plan.h"

namespace twinfer::kernels {

// A layer in place of ncnn's own of the same type. Once the weights are there it decides: its kernel takes
// every run, or ncnn's layer does, as if this one were not there; or each takes the inputs that it is faster
// for.
class Over : public ncnn::Layer {
  public:
    Over(const char* type, const Plan& plan);

    // Whether its kernel takes every run, or took the last one.
    bool onKernel() const { return inner_ == nullptr || tookLast_; }
    bool runsOnKernel(const ncnn::Mat& bottom) const {
        return inner_ == nullptr || (share_ == Share::some && bottom.n <= 1 && takes(bottom));
    }

    int load_param(const ncnn::ParamDict& params) override;
    int load_model(const ncnn::ModelBin& weights) override;
    int create_pipeline(const ncnn::Option& option) override;
    int destroy_pipeline(const ncnn::Option& option) override;
    int forward(const ncnn::Mat& bottom, ncnn::Mat& top, const ncnn::Option& option) const override;
    int forward(const std::vector<ncnn::Mat>& bottoms, std::vector<ncnn::Mat>& tops,
                const ncnn::Option& option) const override;

  protected:
    // Of the runs, what the kernel takes.
    enum class Share { none, some, all };

    const Plan& plan() const { return plan_; }

    // Reads the parameters. False where the kernel does not do what they ask for.
    virtual bool read(const ncnn::ParamDict& params) = 0;
    // Packs the weights for the kernel, unless ncnn's layer is always the better one, or they are not fp32.
    virtual Share prepare(const std::vector<ncnn::Mat>& weights) = 0;
    // Whether the kernel is faster for this input, where it takes some.
    virtual bool takes(const ncnn::Mat& bottom) const { return bottom.dims > 0; }
    virtual int run(const std::vector<ncnn::Mat>& bottoms, std::vector<ncnn::Mat>& tops,
                    const ncnn::Option& option) const = 0;

  private:
    void takeFlags();

    const Plan& plan_;
    std::unique_ptr<ncnn::Layer> inner_; // null when the kernel takes every run
    Share share_ = Share::none;
    mutable std::atomic<bool> tookLast_{false};
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
