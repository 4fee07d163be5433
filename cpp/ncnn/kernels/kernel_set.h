#pragma once

// What the kernels of one instruction set are asked to do. They are compiled with the options of that set, so
// nothing here may come from a header of ncnn's or of the standard library but types: an inline function
// compiled with AVX-512 could be the copy that the linker keeps for everybody.

#include <cstddef>

namespace twinfer::kernels {

// ncnn's number of an activation with its two parameters: 0 none, 1 ReLU, 2 leaky ReLU (slope), 3 clip (from,
// to), 4 sigmoid, 6 hard swish (alpha, beta).
struct Activation {
    int type = 0;
    float a = 0, b = 0;
};

// Channel c of column x lies at data[(a / pack * step + x) * pack + a % pack], where a = from + c.
struct Target {
    float* data;
    size_t step;
    int pack;
    int channels;
    int from = 0; // of a group that starts inside a pack
};

// Columns of one row for one panel of output channels: each is the bias and the sum over taps and lanes of
// weight × input[offset of the tap + column × stride + lane].
struct RowJob {
    const float* input;
    ptrdiff_t stride;
    const ptrdiff_t* offsets;
    int taps;
    int lanes;
    const float* weights; // by tap, by lane, by output channel
    const float* bias;
    int blocks;     // of as many channels as the set is wide, in this panel
    int firstBlock; // which one of the layer's the panel starts with
    Activation activation;
    Target target;
    ptrdiff_t column; // in the target
    int columns;
};

// Rows of one pack of channels; what lies outside the input counts as zero.
struct DepthwiseJob {
    const float* input; // the pack's plane
    float* output;
    int width, height, outputWidth;
    int kernel, stride, strideDown;
    int left, top; // padding
    int pack;
    const float* weights; // by tap, by lane
    const float* bias;
    Activation activation;
    int fromRow, toRow;
};

// Rows of one pack of channels that is made of whole groups of as many inputs as outputs: 1, 2, 4 … up to all
// of it.
struct GroupsJob {
    const float* input; // the pack's plane, padding in it
    float* output;
    ptrdiff_t stride, strideDown; // floats to the next column's and the next row's input
    const ptrdiff_t* offsets;
    int taps;   // offsets
    int kernel; // neighbouring taps from each offset on: 1, or 3 at a stride of one or two pixels
    int pack, group;
    const float* weights; // by offset, by lane of a group, by neighbour, by output channel
    const float* bias;
    Activation activation;
    int columns;
    int fromRow, toRow;
};

// One step of an LSTM (gates: input, forget, output, cell) or GRU (reset, update, new) for some of its
// blocks, each of as many hidden values as the set is wide.
struct RecurrentStep {
    const float* gates; // the input's part: (block × number of gates + gate) × steps × width
    size_t steps;
    size_t step;
    const float* weights; // by block, by hidden value before, by gate
    int hidden;
    const float* before; // hidden values of the step before
    float* after;
    float* cell;        // of an LSTM
    const float* inner; // of a GRU: the bias of what the reset gate weighs
    int fromBlock, toBlock;
};

// For which layers a set's kernels stand in for ncnn's; see plan.cpp.
struct Choice {
    bool fewInputs;       // Convolution of at most 4 input channels
    bool oneInput;        // Convolution of one, 3 × 3 or 5 × 5, into whole packs
    bool strided;         // Convolution 3 × 3 with a stride of 2
    bool small;           // Convolution 3 × 3 with a stride of 1, over planes of few pixels
    bool pointwise;       // Convolution 1 × 1
    bool otherSizes;      // Convolution of another kernel, as 5 × 5, 1 × 7 or 2 × 2
    bool sequence;        // Convolution1D
    bool depthwise3;      // ConvolutionDepthWise 3 × 3
    bool depthwise5;      // ConvolutionDepthWise 5 × 5
    bool grouped;         // ConvolutionDepthWise otherwise: several channels a group, or another kernel
    bool groupedSequence; // ConvolutionDepthWise1D
    bool lstm;
    bool gru;
};

struct KernelSet {
    const char* name;
    int width;       // floats in a vector, and channels in a block
    int widestPanel; // blocks
    void (*row)(const RowJob&);
    void (*depthwise)(const DepthwiseJob&);
    void (*groups)(const GroupsJob&);
    void (*lstm)(const RecurrentStep&);
    void (*gru)(const RecurrentStep&);
};

} // namespace twinfer::kernels
