// TensorArray and what works on it: lists of tensors, whose lengths MNN keeps beside the tensor.
#include <algorithm>
#include <limits>

#include "core/TensorUtils.hpp"
#include "rules.h"

namespace twinfer::mnn {

namespace {

constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
constexpr int64_t kMostElements = 1 << 20;

const MNN::TensorArrayAttr& arrayIn(const Sizing& sizing, size_t input) {
    const auto& attribute = MNN::TensorUtils::getDescribe(&sizing.input(input))->tensorArrayAttr;
    if (attribute == nullptr) refuse("expected a TensorArray in input " + std::to_string(input));
    needRange(attribute->arraySize, 0, kMostElements, "elements of the array:");
    for (const std::vector<int>& shape : attribute->elemShape) {
        needRange(int64_t(shape.size()), 0, 8, "a number of dimensions");
        int64_t product = 1;
        for (const int extent : shape) {
            needRange(extent, 0, kMost, "a dimension of");
            product *= extent;
            needRange(product, 0, kMost, "a number of elements");
        }
    }
    return *attribute;
}

const MNN::TensorArray& parameterOf(const Sizing& sizing) {
    const MNN::TensorArray* parameter = sizing.op.main_as_TensorArray();
    if (parameter == nullptr) refuse("expected parameters of kind TensorArray");
    needRange(sizeOf(parameter->element_shape()), 0, 7, "a number of dimensions");
    return *parameter;
}

void expectCounts(const Sizing& sizing, size_t inputs) {
    sizing.expectInputs(inputs, inputs);
    sizing.expectOutputs(1, 1);
}

// An element that has a shape: its own, or the one of all.
void needElement(const MNN::TensorArrayAttr& array, int64_t index) {
    needRange(index, 0, int64_t(array.arraySize) - 1, "an element");
    if (array.elemShape.empty()) refuse("expected elements with a shape");
    if (!array.isIdenticalShape && array.elemShape.size() > 1)
        needRange(index, 0, int64_t(array.elemShape.size()) - 1, "an element");
}

void create(const Sizing& sizing) {
    sizing.expectInputs(1, 1);
    sizing.expectOutputs(2, 2);
    parameterOf(sizing);
    needRange(sizing.integers(0, 1)[0], 0, kMostElements, "elements of the array:");
}

void size(const Sizing& sizing) {
    expectCounts(sizing, 2);
    arrayIn(sizing, 1);
}

void read(const Sizing& sizing) {
    expectCounts(sizing, 3);
    needElement(arrayIn(sizing, 2), sizing.integers(1, 1)[0]);
}

void write(const Sizing& sizing) {
    expectCounts(sizing, 4);
    const MNN::TensorArrayAttr& array = arrayIn(sizing, 3);
    const int64_t index = sizing.integers(1, 1)[0];
    needRange(index, 0, array.isDynamicSize ? kMostElements : int64_t(array.arraySize) - 1, "an element");
    arrayIn(sizing, 3);
}

void gather(const Sizing& sizing) {
    expectCounts(sizing, 3);
    const MNN::TensorArrayAttr& array = arrayIn(sizing, 2);
    const MNN::TensorArray& parameter = parameterOf(sizing);
    const int64_t count = elementsOf(sizing.input(1));
    const int32_t* indices = sizing.integers(1, count);
    for (int64_t i = 0; i < count; i++) needElement(array, indices[i]);
    if (array.elemShape.empty()) refuse("expected elements with a shape");
    const int64_t dims = sizeOf(parameter.element_shape());
    if (dims > 0) return needEqual(int64_t(array.elemShape[0].size()), dims, "a number of dimensions");
    needEqual(int64_t(array.elemShape.size()), 1, "shapes of elements:");
}

void scatter(const Sizing& sizing) {
    expectCounts(sizing, 4);
    const MNN::TensorArrayAttr& array = arrayIn(sizing, 3);
    sizing.expectRank(2, 1, 8);
    const int64_t count = elementsOf(sizing.input(1));
    needRange(count, 1, sizing.input(2).length(0), "elements to write:");
    const int32_t* indices = sizing.integers(1, count);
    const int64_t most = array.isDynamicSize ? kMostElements : int64_t(array.arraySize) - 1;
    for (int64_t i = 0; i < count; i++) needRange(indices[i], 0, most, "an element");
}

void split(const Sizing& sizing) {
    expectCounts(sizing, 4);
    arrayIn(sizing, 3);
    const MNN::Tensor& value = sizing.input(1);
    const MNN::TensorArray& parameter = parameterOf(sizing);
    const int extent = value.length(needAxis(parameter.axis(), value.dimensions()));
    const int64_t count = elementsOf(sizing.input(2));
    const int32_t* lengths = sizing.integers(2, std::max<int64_t>(count, 1));
    if (count == 1) return needRange(lengths[0], 1, parameter.keepdims() ? kMost : 1, "a length of");
    int64_t total = 0;
    for (int64_t i = 0; i < count; i++) {
        needRange(lengths[i], 0, extent, "a length of");
        total += lengths[i];
    }
    needEqual(total, extent, "lengths that together are");
}

void concat(const Sizing& sizing) {
    expectCounts(sizing, 2);
    const MNN::TensorArrayAttr& array = arrayIn(sizing, 1);
    const MNN::TensorArray& parameter = parameterOf(sizing);
    needElement(array, 0);
    const int64_t rank = int64_t(array.elemShape[0].size());
    needRange(parameter.axis(), 0, parameter.new_axis() ? rank : rank - 1, "an axis");
    if (!array.isIdenticalShape) needElement(array, int64_t(array.arraySize) - 1);
    for (const std::vector<int>& shape : array.elemShape)
        needEqual(int64_t(shape.size()), rank, "a number of dimensions");
}

void insert(const Sizing& sizing) {
    expectCounts(sizing, 4);
    const MNN::TensorArrayAttr& array = arrayIn(sizing, 3);
    const int64_t size = array.arraySize, index = sizing.integers(1, 1)[0];
    needRange(index, -size, size, "a place");
    const bool same = array.isIdenticalShape && !array.elemShape.empty();
    if (same && sizing.input(2).shape() != array.elemShape[0])
        refuse("expected an element of the array's shape");
    if (!same) needRange(index < 0 ? index + size : index, 0, int64_t(array.elemShape.size()), "a place");
    if (size > 0) arrayIn(sizing, 0);
}

void erase(const Sizing& sizing) {
    expectCounts(sizing, 3);
    const MNN::TensorArrayAttr& array = arrayIn(sizing, 2);
    const int64_t size = array.arraySize, index = sizing.integers(1, 1)[0];
    needRange(index, -size, size - 1, "a place");
    const int64_t place = index < 0 ? index + size : index;
    needElement(array, place);
    if (!array.isIdenticalShape) needRange(place, 0, int64_t(array.elemShape.size()) - 1, "a place");
}

// An unrolled loop brings the shapes of its outputs along.
void loop(const Sizing& sizing) {
    const MNN::LoopParam* parameter = sizing.op.main_as_LoopParam();
    if (parameter == nullptr) return;
    needEqual(sizeOf(parameter->extraTensorInfos()), int64_t(sizing.outputCount()), "described outputs:");
    for (const MNN::TensorDescribe* description : *parameter->extraTensorInfos()) {
        if (description->blob() == nullptr) refuse("an output without a shape");
        needRange(sizeOf(description->blob()->dims()), 0, 8, "a number of dimensions");
    }
}

} // namespace

const std::vector<RuleOf> kArrayRules = {
    {MNN::OpType_While, loop},
    {MNN::OpType_TensorArray, create},
    {MNN::OpType_TensorArraySize, size},
    {MNN::OpType_TensorArrayRead, read},
    {MNN::OpType_TensorArrayWrite, write},
    {MNN::OpType_TensorArrayGather, gather},
    {MNN::OpType_TensorArrayScatter, scatter},
    {MNN::OpType_TensorArraySplit, split},
    {MNN::OpType_TensorArrayConcat, concat},
    {MNN::OpType_TensorArrayInsert, insert},
    {MNN::OpType_TensorArrayErase, erase},
};

} // namespace twinfer::mnn
