#pragma once

#include "over.h"
#include "panels.h"

namespace twinfer::kernels {

// LSTM without a projection, in one or both directions: the input's part of all steps at once, as a
// convolution of one tap, then step after step.
class Lstm : public Over {
  public:
    explicit Lstm(const Plan& plan);

  protected:
    bool read(const ncnn::ParamDict& params) override;
    bool prepare(const std::vector<ncnn::Mat>& weights) override;
    int run(const std::vector<ncnn::Mat>& bottoms, std::vector<ncnn::Mat>& tops,
            const ncnn::Option& option) const override;

  private:
    struct Direction {
        bool backwards;
        Panels input;
        ncnn::Mat recurrent; // by block of hidden values, by hidden value before, by gate
    };
    // What one direction of one run works on.
    struct State {
        ncnn::Mat gates, hidden[2], cell; // as many values as whole blocks have
        int last = 0;                     // which of `hidden` is the newest
    };

    int blocks() const { return (hidden_ + plan().set.width - 1) / plan().set.width; }
    void packDirection(const std::vector<ncnn::Mat>& weights, int index, Direction& direction) const;
    bool createState(State& state, int steps, ncnn::Allocator* allocator) const;
    // Writes a direction's hidden values into its columns of `top`.
    void runDirection(const Direction& direction, const ncnn::Mat& input, State& state, ncnn::Mat& top,
                      int column, int threads) const;

    int hidden_ = 0, inputs_ = 0, weightCount_ = 0, direction_ = 0;
    std::vector<Direction> directions_;
};

} // namespace twinfer::kernels
