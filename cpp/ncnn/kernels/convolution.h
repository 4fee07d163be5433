#pragma once

#include "over.h"
#include "panels.h"
#include "window.h"

namespace twinfer::kernels {

// Convolution and Convolution1D, as sums over offsets into the (padded) input: no transformed copy of it is
// made.
class Convolution : public Over {
  public:
    enum class Kind { plane, sequence };

    Convolution(Kind kind, const Plan& plan);

  protected:
    bool read(const ncnn::ParamDict& params) override;
    Share prepare(const std::vector<ncnn::Mat>& weights) override;
    bool takes(const ncnn::Mat& bottom) const override;
    int run(const std::vector<ncnn::Mat>& bottoms, std::vector<ncnn::Mat>& tops,
            const ncnn::Option& option) const override;

  private:
    struct Sizes {
        int width, blocks, columns, rows;
        size_t blockStep;
    };

    Share choose() const;
    bool isOfOneInput() const;
    void compute(const ncnn::Mat& input, const Sizes& sizes, const Target& target, int mostThreads) const;

    const Kind kind_;
    Window across_, down_;
    int outputs_ = 0, inputs_ = 0, weightCount_ = 0;
    bool biased_ = false;
    float padValue_ = 0;
    Activation activation_;
    Panels panels_;
};

} // namespace twinfer::kernels
