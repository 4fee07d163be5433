#pragma once

#include "over.h"
#include "panels.h"
#include "window.h"

namespace twinfer::kernels {

// Convolution and Convolution1D, as sums over offsets into the (padded) input: no transformed copy of it is
// made. What derives from it may have groups of channels, each of which is such a convolution.
class Convolution : public Over {
  public:
    enum class Kind { plane, sequence };

    Convolution(Kind kind, const Plan& plan);

  protected:
    struct Sizes {
        int width, blocks, columns, rows;
        size_t blockStep;
    };

    Convolution(const char* type, Kind kind, const Plan& plan);

    bool read(const ncnn::ParamDict& params) override;
    Share prepare(const std::vector<ncnn::Mat>& weights) override;
    bool takes(const ncnn::Mat& bottom) const override;
    int run(const std::vector<ncnn::Mat>& bottoms, std::vector<ncnn::Mat>& tops,
            const ncnn::Option& option) const override;

    virtual Share choose() const;
    // Up to which output ncnn's Winograd is slower.
    virtual int mostPixels() const { return 100; }
    virtual void pack(const float* weights, const float* bias);
    // All sums, from an input with its padding.
    virtual void compute(const ncnn::Mat& input, const Sizes& sizes, const Target& target,
                         int mostThreads) const;

    Kind kind() const { return kind_; }
    bool isWinograds() const;
    int taps() const { return across_.kernel * down_.kernel; }
    int inputsEach() const { return inputs_ / groups_; }
    int outputsEach() const { return outputs_ / groups_; }
    bool isPointwise() const { return taps() == 1 && across_.stride == 1 && down_.stride == 1; }

    Window across_, down_;
    int outputs_ = 0, inputs_ = 0, groups_ = 1;
    float padValue_ = 0;
    Activation activation_;

  private:
    bool isOfOneInput() const;
    std::vector<ptrdiff_t> offsetsFrom(int channel, const Sizes& sizes) const;

    const Kind kind_;
    int weightCount_ = 0;
    int lanes_ = 1; // of a pack, that one step of a sum takes
    bool biased_ = false;
    std::vector<Panels> panels_; // of each group
};

} // namespace twinfer::kernels
