#pragma once

#include "over.h"
#include "panels.h"

namespace twinfer::kernels {

// LSTM without a projection, or GRU, in one or both directions: the input's part of all steps at once, as a
// convolution of one tap, then step after step.
class Recurrent : public Over {
  public:
    enum class Kind { lstm, gru };

    Recurrent(Kind kind, const Plan& plan);

  protected:
    bool read(const ncnn::ParamDict& params) override;
    Share prepare(const std::vector<ncnn::Mat>& weights) override;
    int run(const std::vector<ncnn::Mat>& bottoms, std::vector<ncnn::Mat>& tops,
            const ncnn::Option& option) const override;

  private:
    struct Direction {
        bool backwards;
        Panels input;
        ncnn::Mat recurrent; // by block of hidden values, by hidden value before, by gate
        ncnn::Mat inner;     // the bias that a GRU's reset gate weighs, by hidden value
    };
    // What one direction of one run works on.
    struct State {
        ncnn::Mat gates, hidden[2], cell; // as many values as whole blocks have; no cell in a GRU
        int last = 0;                     // which of `hidden` is the newest
    };

    int gates() const { return kind_ == Kind::lstm ? 4 : 3; }
    // Blobs that carry the state from call to call: hidden values, and the cells of an LSTM.
    int stateBlobs() const { return kind_ == Kind::lstm ? 2 : 1; }
    int blocks() const { return (hidden_ + plan().set.width - 1) / plan().set.width; }
    void packDirection(const std::vector<ncnn::Mat>& weights, int index, Direction& direction) const;
    bool createState(State& state, int steps, ncnn::Allocator* allocator) const;
    // Writes a direction's hidden values into its columns of `top`.
    void runDirection(const Direction& direction, const ncnn::Mat& input, State& state, ncnn::Mat& top,
                      int column, int threads) const;

    const Kind kind_;
    int hidden_ = 0, inputs_ = 0, weightCount_ = 0, direction_ = 0;
    std::vector<Direction> directions_;
};

} // namespace twinfer::kernels
