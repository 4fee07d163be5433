#include "sizing.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "core/TensorUtils.hpp"

namespace twinfer::mnn {

namespace {

std::string rangeText(int64_t least, int64_t most) {
    if (least == most) return std::to_string(least);
    if (most == std::numeric_limits<int32_t>::max()) return "at least " + std::to_string(least);
    return "from " + std::to_string(least) + " to " + std::to_string(most);
}

} // namespace

void refuse(const std::string& why) {
    throw Unsizable{why};
}

void needRange(int64_t value, int64_t least, int64_t most, const char* what) {
    if (value >= least && value <= most) return;
    refuse(std::string("expected ") + what + " " + rangeText(least, most) + ", received " +
           std::to_string(value));
}

void needEqual(int64_t value, int64_t expected, const char* what) {
    needRange(value, expected, expected, what);
}

std::string countOf(int64_t count, const char* what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

int needAxis(int axis, int rank) {
    if (rank == 0) refuse("expected an axis of its input, received a single number without axes");
    needRange(axis, -rank, rank - 1, "an axis");
    return axis < 0 ? axis + rank : axis;
}

int64_t elementsBetween(const MNN::Tensor& tensor, int first, int end) {
    int64_t elements = 1;
    for (int i = first; i < end; i++) {
        elements *= tensor.length(i);
        if (elements > std::numeric_limits<int32_t>::max()) refuse("expected tensors below 2 GiB");
    }
    return elements;
}

void needModest(double made, double input, double mostTimes) {
    constexpr double kMostMade = 1 << 26;
    if (made > kMostMade && made > mostTimes * input)
        refuse("makes " + std::to_string(int64_t(made)) + " values of " + std::to_string(int64_t(input)));
}

void needPaddings(const MNN::Tensor& input, int64_t channels, const flatbuffers::Vector<int32_t>* each, int x,
                  int y) {
    constexpr int kMost = 1 << 11;
    // Three by three of a plane are a padding as wide as the plane on each side.
    constexpr double kMostPlanes = 9;
    std::vector<int> paddings{x, y};
    if (each != nullptr) paddings.insert(paddings.end(), each->begin(), each->end());
    int widest = 0;
    for (const int padding : paddings) {
        needRange(padding, -kMost, kMost, "a padding of");
        widest = std::max(widest, padding);
    }
    double plane = 1, padded = 1;
    for (int i = 2; i < input.dimensions(); i++) {
        plane *= input.length(i);
        padded *= double(input.length(i)) + 2 * widest;
    }
    const double maps = double(input.length(0)) * double(std::max<int64_t>(channels, input.channel()));
    needModest(maps * padded, maps * plane, kMostPlanes);
}

int64_t elementsOf(const MNN::Tensor& tensor) {
    return elementsBetween(tensor, 0, tensor.dimensions());
}

void Sizing::expectInputs(size_t least, size_t most) const {
    needRange(int64_t(inputs_.size()), int64_t(least), int64_t(most), "a number of inputs");
}

void Sizing::expectOutputs(size_t least, size_t most) const {
    needRange(int64_t(outputs_.size()), int64_t(least), int64_t(most), "a number of outputs");
}

MNN::Tensor& Sizing::input(size_t index) const {
    if (index >= inputs_.size() || inputs_[index] == nullptr) {
        refuse("expected at least " + std::to_string(index + 1) + " inputs, received " +
               std::to_string(inputs_.size()));
    }
    return *inputs_[index];
}

MNN::Tensor& Sizing::output(size_t index) const {
    if (index >= outputs_.size() || outputs_[index] == nullptr) {
        refuse("expected at least " + std::to_string(index + 1) + " outputs, received " +
               std::to_string(outputs_.size()));
    }
    return *outputs_[index];
}

void Sizing::expectRank(size_t input, int least, int most) const {
    needRange(rank(input), least, most, "a number of dimensions");
}

bool Sizing::isPacked(size_t index) const {
    return MNN::TensorUtils::getDescribe(&input(index))->dimensionFormat == MNN::MNN_DATA_FORMAT_NC4HW4;
}

bool Sizing::isConstant(size_t index) const {
    return MNN::TensorUtils::getDescribe(&input(index))->usage == MNN::Tensor::InsideDescribe::CONSTANT;
}

void Sizing::expectPacked(size_t index) const {
    if (!isPacked(index)) refuse("expected input " + std::to_string(index) + " in NC4HW4");
    expectRank(index, 2, 8);
}

bool Sizing::isChannelsLast(size_t index) const {
    return MNN::TensorUtils::getDescribe(&input(index))->dimensionFormat == MNN::MNN_DATA_FORMAT_NHWC;
}

bool Sizing::hasIntegers(size_t index) const {
    const MNN::Tensor& tensor = input(index);
    return tensor.getType() == halide_type_of<int32_t>() && tensor.host<int32_t>() != nullptr;
}

void Sizing::expectScales() const {
    for (size_t i = 0; i < inputCount(); i++) {
        const halide_type_t type = input(i).getType();
        if (type.code != halide_type_float && type.bits < 32 &&
            MNN::TensorUtils::getDescribe(inputs_[i])->quantAttr.get() == nullptr)
            refuse(std::to_string(type.bits) + "-bit integers without a scale in input " + std::to_string(i));
    }
}

const int32_t* Sizing::integers(size_t index, int64_t least) const {
    const MNN::Tensor& tensor = input(index);
    if (least == 0 && elementsOf(tensor) == 0) return tensor.host<int32_t>(); // an empty one has no memory
    if (!hasIntegers(index)) {
        refuse("expected 32-bit integers that are known before the model runs in input " +
               std::to_string(index));
    }
    if (elementsOf(tensor) < least) {
        refuse("expected " + std::to_string(least) + " values in input " + std::to_string(index) +
               ", received " + std::to_string(elementsOf(tensor)));
    }
    return tensor.host<int32_t>();
}

} // namespace twinfer::mnn
