// Operators that take positions: Gather, Scatter, OneHot, TopK, StridedSlice …
#include <algorithm>
#include <limits>

#include "rules.h"

namespace twinfer::mnn {

namespace {

constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
constexpr int kMostDimensions = 8;

void needIntegers(const Sizing& sizing, size_t index) {
    if (sizing.input(index).getType() != halide_type_of<int32_t>())
        refuse("expected 32-bit integers in input " + std::to_string(index));
}

// GeometryGather.cpp and GeometryScatter.cpp divide by each of these extents.
void needExtents(const MNN::Tensor& tensor, int first, int end) {
    for (int i = first; i < end; i++) needRange(tensor.length(i), 1, kMost, "a dimension of");
}

// A packed tensor counts the channels that fill its packs, for which nothing that is made of it has room.
void needUnpadded(const MNN::Tensor& tensor) {
    needRange(tensor.elementSize(), 0, elementsOf(tensor), "values, packed ones included:");
}

void gather(const Sizing& sizing) {
    sizing.expectInputs(2, 3);
    sizing.expectOutputs(1, 1);
    const int rank = sizing.rank(0);
    needIntegers(sizing, 1);
    // GeometryGather.cpp goes on for as many positions.
    needUnpadded(sizing.input(1));
    needRange(rank + sizing.rank(1) - 1, 0, kMostDimensions, "a number of dimensions");
    int axis = 0;
    if (sizing.inputCount() == 3) axis = sizing.integers(2, 1)[0];
    if (sizing.op.main_as_Axis() != nullptr) axis = sizing.op.main_as_Axis()->axis();
    needAxis(axis, rank);
}

void gatherNd(const Sizing& sizing) {
    sizing.expectInputs(2, 2);
    sizing.expectOutputs(1, 1);
    const MNN::Tensor& data = sizing.input(0);
    const MNN::Tensor& indices = sizing.input(1);
    sizing.expectRank(0, 1, kMostDimensions);
    sizing.expectRank(1, 1, kMostDimensions);
    needIntegers(sizing, 1);
    const int batch = sizing.op.main_as_Axis() == nullptr ? 0 : sizing.op.main_as_Axis()->axis();
    needRange(batch, 0, std::min(data.dimensions(), indices.dimensions()) - 1, "batch dimensions:");
    if (elementsOf(indices) == 0) return;
    const int depth = indices.length(indices.dimensions() - 1);
    needRange(depth, 1, data.dimensions() - batch, "positions of");
    needRange(data.dimensions() + indices.dimensions() - depth - 1 - batch, 0, kMostDimensions,
              "a number of dimensions");
    needExtents(data, batch, batch + depth);
}

void gatherElements(const Sizing& sizing) {
    sizing.expectInputs(2, 3);
    sizing.expectOutputs(1, 1);
    const MNN::Tensor& data = sizing.input(0);
    needEqual(sizing.rank(1), data.dimensions(), "a number of dimensions");
    needIntegers(sizing, 1);
    needAxis(sizing.inputCount() == 3 ? sizing.integers(2, 1)[0] : 0, data.dimensions());
    if (elementsOf(sizing.input(1)) > 0) needExtents(data, 0, data.dimensions());
}

void scatterNd(const Sizing& sizing) {
    sizing.expectInputs(3, 4);
    sizing.expectOutputs(1, 1);
    const MNN::Tensor& indices = sizing.input(0);
    const MNN::Tensor& updates = sizing.input(1);
    sizing.expectRank(0, 1, kMostDimensions);
    needIntegers(sizing, 0);
    const int64_t rank = elementsOf(sizing.input(2));
    needRange(rank, 1, kMostDimensions, "a number of dimensions");
    const int32_t* shape = sizing.integers(2, rank);
    const int depth = indices.length(indices.dimensions() - 1);
    needRange(depth, 1, rank, "positions of");
    int64_t total = 1, inside = 1;
    for (int64_t i = 0; i < rank; i++) {
        needRange(shape[i], i < depth ? 1 : 0, kMost, "a dimension of");
        total *= shape[i];
        if (i >= depth) inside *= shape[i];
        needRange(total, 0, kMost, "a number of elements");
    }
    // As GeometryScatter.cpp takes them.
    const int64_t count = elementsBetween(indices, 0, indices.dimensions() - 1);
    const int64_t each =
        elementsBetween(updates, std::min(depth, updates.dimensions()), updates.dimensions());
    if (count * each == 0) return;
    needRange(each, 0, inside, "values for each position:");
    needRange(elementsOf(updates), count * each, kMost, "values to scatter:");
    if (sizing.inputCount() == 4 && sizing.rank(3) > 0)
        needEqual(elementsOf(sizing.input(3)), total, "values:");
}

void scatterElements(const Sizing& sizing) {
    sizing.expectInputs(3, 4);
    sizing.expectOutputs(1, 1);
    if (sizing.op.main_as_BinaryOp() == nullptr) refuse("expected parameters of kind BinaryOp");
    const MNN::Tensor& data = sizing.input(0);
    needEqual(sizing.rank(1), data.dimensions(), "a number of dimensions");
    needIntegers(sizing, 1);
    needEqual(elementsOf(sizing.input(2)), elementsOf(sizing.input(1)), "values to scatter:");
    if (sizing.input(2).getType() != data.getType()) refuse("expected values of the type that they go among");
    const int axis = needAxis(sizing.inputCount() == 4 ? sizing.integers(3, 1)[0] : 0, data.dimensions());
    // Along the others it writes where each position itself lies.
    for (int i = 0; i < data.dimensions(); i++)
        if (i != axis)
            needRange(sizing.input(1).length(i), 0, data.length(i), "positions along a dimension:");
    if (elementsOf(sizing.input(1)) > 0) needExtents(data, 0, data.dimensions());
}

void oneHot(const Sizing& sizing) {
    sizing.expectInputs(4, 4);
    sizing.expectOutputs(1, 1);
    const int rank = sizing.rank(0);
    needRange(rank, 0, kMostDimensions - 1, "a number of dimensions");
    needIntegers(sizing, 0);
    needAxis(sizing.op.main_as_OneHotParam()->axis(), rank + 1);
    needUnpadded(sizing.input(0));
    needRange(sizing.integers(1, 1)[0], 0, kMost, "a depth of");
    for (const size_t index : {size_t(2), size_t(3)})
        needRange(elementsOf(sizing.input(index)), 1, kMost, "a number of values");
    if (sizing.input(2).getType() != sizing.input(3).getType()) refuse("expected two values of one type");
}

void topK(const Sizing& sizing) {
    sizing.expectInputs(2, 3);
    sizing.expectOutputs(2, 2);
    const MNN::Tensor& input = sizing.input(0);
    needUnpadded(input);
    const int axis = sizing.inputCount() == 3 ? sizing.integers(2, 1)[0] : input.dimensions() - 1;
    needRange(sizing.integers(1, 1)[0], 0, input.length(needAxis(axis, input.dimensions())), "a count of");
}

void unravelIndex(const Sizing& sizing) {
    sizing.expectInputs(2, 2);
    sizing.expectRank(1, 1, 1);
    needIntegers(sizing, 0);
    needIntegers(sizing, 1);
}

void segment(const Sizing& sizing) {
    sizing.expectInputs(2, 2);
    sizing.expectRank(0, 1, kMostDimensions);
    const int count = sizing.input(0).length(0);
    needRange(count, 1, kMost, "a number of rows");
    const int32_t* segments = sizing.integers(1, count);
    int previous = 0;
    for (int i = 0; i < count; i++) {
        needRange(segments[i], previous, previous + 1, "a segment");
        previous = segments[i];
    }
}

void unique(const Sizing& sizing) {
    sizing.expectInputs(1, 1);
    sizing.expectOutputs(1, 4);
}

void matrixBandPart(const Sizing& sizing) {
    sizing.expectInputs(3, 3);
    sizing.expectRank(0, 2, kMostDimensions);
    for (const size_t index : {size_t(1), size_t(2)}) {
        needIntegers(sizing, index);
        needRange(elementsOf(sizing.input(index)), 1, kMost, "a number of values");
    }
}

// Sizes are what is left of the first, which it takes for words.
void difference(const Sizing& sizing) {
    sizing.expectInputs(2, 2);
    for (const size_t index : {size_t(0), size_t(1)}) sizing.integers(index, 0);
}

void eyeLike(const Sizing& sizing) {
    sizing.expectInputs(1, 2);
    sizing.expectRank(0, 2, 3);
    if (sizing.inputCount() == 2) sizing.integers(1, 1);
}

// What each entry of a strided slice works on: as ShapeStridedSlice.cpp walks them.
struct Strided {
    const MNN::StridedSliceParam& parameter;
    int rank;
    int count;
    const int32_t* begins;
    const int32_t* ends;
    const int32_t* strides; // nullptr: all 1
};

bool bitOf(int mask, int index) {
    return ((mask >> index) & 1) != 0;
}

void expectStride(const Sizing& sizing, int axis, int begin, int stride) {
    if (stride == 0) refuse("expected a stride, received 0");
    const MNN::Tensor& input = sizing.input(0);
    // A negative begin is brought into range with a division by the size.
    if (begin < 0) needRange(input.length(axis), 1, kMost, "a dimension of");
    // GeometryStridedSlice.cpp writes the dimensions from a reversed one on into arrays of 3.
    if (stride < 0) needRange(input.dimensions() - axis, 1, 3, "a reversed dimension before the last:");
}

void sliceByMasks(const Sizing& sizing, const Strided& slice) {
    const MNN::StridedSliceParam& masks = slice.parameter;
    if (slice.strides == nullptr && masks.ellipsisMask() == 0) refuse("expected strides, received none");
    int inserted = 0;
    for (int i = 0; i < slice.count; i++) inserted += bitOf(masks.newAxisMask(), i);
    const bool ellipsis = masks.ellipsisMask() != 0;
    if (ellipsis && masks.ellipsisMask() >> slice.count != 0) refuse("an ellipsis beyond the last dimension");
    needRange(slice.count - inserted - (ellipsis ? 1 : 0), 0, slice.rank, "sliced dimensions:");
    needRange(slice.rank + inserted, 0, kMostDimensions, "a number of dimensions");
    int axis = 0;
    for (int i = 0; i < slice.count; i++) {
        if (bitOf(masks.newAxisMask(), i)) continue;
        if (bitOf(masks.ellipsisMask(), i)) {
            axis = slice.rank - (slice.count - 1 - i);
            continue;
        }
        if (axis < 0 || axis >= slice.rank) continue;
        const bool single = bitOf(masks.shrinkAxisMask(), i);
        // Beside an ellipsis it goes on without any, and divides by none.
        if (!single && slice.strides == nullptr) refuse("expected strides, received none");
        const int stride = single ? 1 : slice.strides[i];
        expectStride(sizing, axis, bitOf(masks.beginMask(), i) ? 0 : slice.begins[i], stride);
        axis++;
    }
}

void sliceByAxes(const Sizing& sizing, const Strided& slice) {
    const int32_t* axes = sizing.inputCount() >= 4 ? sizing.integers(3, slice.count) : nullptr;
    needRange(slice.count, 0, slice.rank, "sliced dimensions:");
    for (int i = 0; i < slice.count; i++) {
        const int axis = axes == nullptr ? i : needAxis(axes[i], slice.rank);
        expectStride(sizing, axis, slice.begins[i], slice.strides == nullptr ? 1 : slice.strides[i]);
    }
}

void stridedSlice(const Sizing& sizing) {
    sizing.expectInputs(3, 5);
    sizing.expectOutputs(1, 1);
    const MNN::StridedSliceParam& parameter = *sizing.op.main_as_StridedSliceParam();
    needRange(parameter.fromType(), 0, 1, "a kind of slice");
    sizing.expectRank(0, 1, kMostDimensions);
    const int64_t count = elementsOf(sizing.input(1));
    needRange(count, 0, kMostDimensions, "sliced dimensions:");
    needEqual(elementsOf(sizing.input(2)), count, "a number of ends");
    Strided slice{parameter,
                  sizing.rank(0),
                  static_cast<int>(count),
                  sizing.integers(1, count),
                  sizing.integers(2, count),
                  nullptr};
    const bool byMasks = parameter.fromType() == 0;
    if (byMasks && sizing.inputCount() == 5) {
        // What is written has no more dimensions than what it goes into.
        needUnpadded(sizing.input(0));
        sizing.expectRank(4, 0, sizing.rank(0));
    }
    if (byMasks ? sizing.inputCount() >= 4 : sizing.inputCount() == 5)
        slice.strides = sizing.integers(byMasks ? 3 : 4, count);
    if (byMasks) return sliceByMasks(sizing, slice);
    sliceByAxes(sizing, slice);
}

} // namespace

const std::vector<RuleOf> kIndexRules = {
    {MNN::OpType_Gather, gather},
    {MNN::OpType_GatherV2, gather},
    {MNN::OpType_GatherND, gatherNd},
    {MNN::OpType_GatherElements, gatherElements},
    {MNN::OpType_ScatterNd, scatterNd},
    {MNN::OpType_ScatterElements, scatterElements},
    {MNN::OpType_OneHot, oneHot},
    {MNN::OpType_TopKV2, topK},
    {MNN::OpType_UnravelIndex, unravelIndex},
    {MNN::OpType_Segment, segment},
    {MNN::OpType_Unique, unique},
    {MNN::OpType_MatrixBandPart, matrixBandPart},
    {MNN::OpType_EyeLike, eyeLike},
    {MNN::OpType_SetDiff1D, difference},
    {MNN::OpType_StridedSlice, stridedSlice},
};

} // namespace twinfer::mnn
