#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <MNN/Tensor.hpp>

#include "MNN_generated.h"

namespace twinfer::mnn {

// Why an operator must not be sized. It never leaves cpp/mnn/guard: MNN's frames have no exceptions.
struct Unsizable {
    std::string why;
};

// One operator with the tensors that MNN is about to size it for, and what its code takes for granted of
// them. Every function throws Unsizable when that does not hold.
class Sizing {
  public:
    using Tensors = std::vector<MNN::Tensor*>;

    Sizing(const MNN::Op& op, const Tensors& inputs, const Tensors& outputs)
        : op(op), inputs_(inputs), outputs_(outputs) {}

    const MNN::Op& op;

    size_t inputCount() const { return inputs_.size(); }
    size_t outputCount() const { return outputs_.size(); }
    void expectInputs(size_t least, size_t most) const;
    void expectOutputs(size_t least, size_t most) const;

    MNN::Tensor& input(size_t index) const;
    MNN::Tensor& output(size_t index) const;
    int rank(size_t input) const { return this->input(input).dimensions(); }
    void expectRank(size_t input, int least, int most) const;
    bool isPacked(size_t input) const;   // NC4HW4
    bool isConstant(size_t input) const; // or made of constants alone
    // Where the kernel takes its channels in packs as they are: MNN converts for convolutions, pooling and
    // resampling (GeometryImageOp.cpp), for others its converter does. Of other layouts it goes past the end.
    void expectPacked(size_t input) const;
    bool isChannelsLast(size_t input) const;

    // Where inputs of fewer than 32 bits are taken for quantised ones: the scales of all of them are read,
    // and may be missing.
    void expectScales() const;

    // What an input holds, where MNN reads it while it sizes: at least `least` 32-bit integers.
    const int32_t* integers(size_t input, int64_t least) const;
    // Whether an input of 32-bit integers is a constant, or was computed already.
    bool hasIntegers(size_t input) const;

  private:
    const Tensors& inputs_;
    const Tensors& outputs_;
};

[[noreturn]] void refuse(const std::string& why);
inline void need(bool holds, const char* why) {
    if (!holds) refuse(why);
}
// "expected <what> from 1 to 8, received 9"; the bounds are included.
void needRange(int64_t value, int64_t least, int64_t most, const char* what);
void needEqual(int64_t value, int64_t expected, const char* what);
// "1 channel", "3 channels".
std::string countOf(int64_t count, const char* what);
// Refuses an axis outside [-rank, rank) and returns it counted from the front.
int needAxis(int axis, int rank);

// Refuses what makes a quarter of a gigabyte, so many times its input: no network does, one wrong number may.
void needModest(double made, double input, double mostTimes = 64);
// The paddings of a window that makes so many channels of its input: neither more than any window is padded
// by, nor an output that is mostly padding, and of gigabytes.
void needPaddings(const MNN::Tensor& input, int64_t channels, const flatbuffers::Vector<int32_t>* each, int x,
                  int y);

// Products of the extents, which MNN computes in 32 bits.
int64_t elementsOf(const MNN::Tensor& tensor);
int64_t elementsBetween(const MNN::Tensor& tensor, int first, int end);

template <typename Vector> int64_t sizeOf(const Vector* vector) {
    return vector == nullptr ? 0 : static_cast<int64_t>(vector->size());
}

} // namespace twinfer::mnn
