#pragma once

// What a layer of cpp/ncnn/kernels is held against: the same in double, straight from its definition, and
// random numbers for it.

#include <vector>

#include <ncnn/mat.h>

#include "ncnn/kernels/window.h"

namespace twinfer::test {

using Values = std::vector<double>;
using kernels::Window;

// A random whole number of this range.
int upTo(int from, int to);
// With normal random values.
ncnn::Mat filled(ncnn::Mat mat, float scale = 1);

struct Activated {
    int type;
    float a, b;

    double operator()(double v) const;
};

struct Shape {
    int inputs, outputs, group = 1;
    Window across, down;
    int width, height;
    bool biased;
    float padValue = 0;
    Activated activation;
};

// The layer's answer, by channel, row and column.
Values convolve(const Shape& shape, const ncnn::Mat& input, const ncnn::Mat& weights, const ncnn::Mat& bias);

struct Recurrence {
    int inputs, hidden, steps, direction;
    bool hasStates;
};

// Output, last hidden values and last cells.
std::vector<Values> runLstm(const Recurrence& layer, const std::vector<ncnn::Mat>& weights,
                            const std::vector<ncnn::Mat>& bottoms);
// Output and last hidden values.
std::vector<Values> runGru(const Recurrence& layer, const std::vector<ncnn::Mat>& weights,
                           const std::vector<ncnn::Mat>& bottoms);

// All values of a Mat in their order, whatever it packs together.
Values valuesOf(const ncnn::Mat& mat);

// Signal over error in dB; negative where the answer has another size or is no number.
double sqnr(const Values& truth, const Values& answer);

} // namespace twinfer::test
