#pragma once

#include "over.h"
#include "window.h"

namespace twinfer::kernels {

// ConvolutionDepthWise with one filter a channel, 3 × 3 or 5 × 5. Padding is left out of the sums, not
// copied.
class Depthwise : public Over {
  public:
    explicit Depthwise(const Plan& plan);

  protected:
    bool read(const ncnn::ParamDict& params) override;
    Share prepare(const std::vector<ncnn::Mat>& weights) override;
    int run(const std::vector<ncnn::Mat>& bottoms, std::vector<ncnn::Mat>& tops,
            const ncnn::Option& option) const override;

  private:
    Window across_, down_;
    int channels_ = 0;
    bool biased_ = false;
    Activation activation_;
    ncnn::Mat weights_, bias_; // by pack, by tap, by lane
};

} // namespace twinfer::kernels
