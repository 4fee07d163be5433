#pragma once

#include "grouped.h"

namespace twinfer::kernels {

// ConvolutionDepthWise: with one filter a channel, 3 × 3 or 5 × 5, padding is left out of the sums, not
// copied. Others are as Grouped has them.
class Depthwise : public Grouped {
  public:
    explicit Depthwise(const Plan& plan);

  protected:
    Share choose() const override;
    int run(const std::vector<ncnn::Mat>& bottoms, std::vector<ncnn::Mat>& tops,
            const ncnn::Option& option) const override;

  private:
    bool hasOwnKernel() const;
};

} // namespace twinfer::kernels
