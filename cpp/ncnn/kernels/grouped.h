#pragma once

#include "convolution.h"

namespace twinfer::kernels {

// ConvolutionDepthWise and ConvolutionDepthWise1D, whatever their groups. Where a pack of channels is made of
// whole groups of as many inputs as outputs, all of its groups are computed at once. Wider groups of 3 × 3
// stay with ncnn's Winograd over large planes.
class Grouped : public Convolution {
  public:
    Grouped(Kind kind, const Plan& plan);

  protected:
    bool read(const ncnn::ParamDict& params) override;
    Share choose() const override;
    int mostPixels() const override { return 200; }
    void pack(const float* weights, const float* bias) override;
    void compute(const ncnn::Mat& input, const Sizes& sizes, const Target& target,
                 int mostThreads) const override;

    // Of a pack, where packs are made of whole groups: by row of taps or by tap, by lane of a group, by
    // neighbour, by output.
    const float* weightsOf(int pack) const;
    const float* biasOf(int pack) const;

  private:
    bool isWithinPacks() const;
    // How many taps lie side by side for the kernel.
    int neighbours() const;

    ncnn::Mat weights_, bias_;
};

} // namespace twinfer::kernels
