// Operators that work along an axis: ArgMax, Concat, Slice, Softmax, Reduction, LayerNorm …
#include <algorithm>
#include <limits>
#include <set>

#include "rules.h"

namespace twinfer::mnn {

namespace {

constexpr int64_t kMost = std::numeric_limits<int32_t>::max();

void argMax(const Sizing& sizing) {
    sizing.expectInputs(1, 1);
    sizing.expectOutputs(1, 1);
    const MNN::ArgMax& best = *sizing.op.main_as_ArgMax();
    const int axis = needAxis(best.axis(), sizing.rank(0));
    if (!sizing.isPacked(0)) return;
    // Caffe's: the axis indexes the sizes as it is, and 0 stands for the last that is not 1.
    sizing.expectRank(0, 4, 4);
    needRange(best.axis(), 0, 3, "an axis");
    needRange(best.topK(), 1, elementsOf(sizing.input(0)), "topK");
    needRange(best.outMaxVal(), 0, 1, "outMaxVal");
    if (axis != 0) needRange(best.topK(), 1, sizing.input(0).length(axis), "topK");
}

void histogram(const Sizing& sizing) {
    sizing.expectInputs(1, 1);
    // topK and softmaxThreshold are the greatest and the least value here, the axis a place in the last one.
    const MNN::ArgMax& bins = *sizing.op.main_as_ArgMax();
    needRange(bins.outMaxVal(), 1, 1 << 24, "a number of bins");
    needRange(bins.topK(), int64_t(bins.softmaxThreshold()) + 1, kMost, "a greatest value of");
    sizing.expectRank(0, bins.axis() < 0 ? 0 : 1, 8);
    if (bins.axis() >= 0)
        needRange(bins.axis(), 0, sizing.input(0).length(sizing.rank(0) - 1) - 1, "a channel");
}

void softmax(const Sizing& sizing) {
    sizing.expectInputs(1, 1);
    sizing.expectScales();
    needAxis(sizing.op.main_as_Axis()->axis(), sizing.rank(0));
    // A packed vector has room for itself only; it is unpacked as channels of a batch.
    if (sizing.isPacked(0)) sizing.expectRank(0, 2, 8);
}

void concat(const Sizing& sizing) {
    sizing.expectInputs(1, 1 << 20);
    sizing.expectOutputs(1, 1);
    const MNN::Axis* given = sizing.op.main_as_Axis();
    const MNN::QuantizedConcat* quantised = sizing.op.main_as_QuantizedConcat();
    // Its geometry looks at no other than its own kind.
    const bool isPlain = sizing.op.type() == MNN::OpType_Concat;
    if (isPlain ? given == nullptr : quantised == nullptr) refuse("expected an axis, received none");
    const int rank = sizing.rank(0);
    const int axis = needAxis(given != nullptr ? given->axis() : quantised->axis(), rank);
    // MNN takes [1] for [1, 1], which converted losses rely on: the steps along the axis are what counts.
    const MNN::Tensor& first = sizing.input(0);
    const int64_t step = elementsOf(first) == 0 ? 0 : elementsOf(first) / first.length(axis);
    int64_t total = 0;
    for (size_t i = 0; i < sizing.inputCount(); i++) {
        const MNN::Tensor& tensor = sizing.input(i);
        if (elementsOf(tensor) > 0 && tensor.dimensions() != rank) {
            const bool fits = axis < tensor.dimensions() && elementsOf(tensor) == step * tensor.length(axis);
            if (!fits) needEqual(tensor.dimensions(), rank, "a number of dimensions");
        }
        total += axis < tensor.dimensions() ? tensor.length(axis) : 0;
    }
    needRange(total, 0, kMost, "a size along the axis");
}

void pack(const Sizing& sizing) {
    const MNN::PackParam* parameter = sizing.op.main_as_PackParam();
    if (parameter == nullptr) refuse("expected an axis, received none");
    sizing.expectOutputs(1, 1);
    const MNN::Tensor& first = sizing.input(0);
    needRange(first.dimensions(), 0, 7, "a number of dimensions");
    needAxis(parameter->axis(), first.dimensions() + 1);
    for (size_t i = 1; i < sizing.inputCount(); i++) {
        if (sizing.input(i).shape() != first.shape()) refuse("expected inputs of one shape");
    }
}

void unpack(const Sizing& sizing) {
    const MNN::Axis* parameter = sizing.op.main_as_Axis();
    if (parameter == nullptr) refuse("expected an axis, received none");
    needAxis(parameter->axis(), sizing.rank(0));
}

void sliceAtPoints(const Sizing& sizing, const flatbuffers::Vector<int32_t>& points, int extent) {
    // Outputs between these and the last stay as they were made.
    const auto outputs = int64_t(sizing.outputCount());
    needRange(points.size(), outputs - 1, outputs, "a number of slice points");
    int previous = 0;
    for (const int32_t point : points) {
        needRange(point, previous, extent, "a slice point");
        previous = point;
    }
}

void sliceEvenly(const Sizing& sizing, const MNN::Slice& slice, int extent) {
    const auto outputs = int64_t(sizing.outputCount());
    int64_t split = extent / outputs;
    if (slice.slicePoints() != nullptr && slice.sourceType() == MNN::NetSource_TORCH) {
        split = slice.slicePoints()->Get(0);
        needRange(split, 1, kMost, "a slice of");
    } else if (slice.slicePoints() != nullptr && slice.sourceType() == MNN::NetSource_TENSORFLOW) {
        needRange(slice.slicePoints()->Get(0), 1, kMost, "a number of slices");
        split = extent / slice.slicePoints()->Get(0);
    }
    needRange(split * outputs, 0, extent, "slices that together are");
}

void sliceBySizes(const Sizing& sizing, const int32_t* sizes, int64_t count, int extent) {
    needRange(count, int64_t(sizing.outputCount()), kMost, "a number of slices");
    int64_t total = 0;
    for (int64_t i = 0; i < count; i++) {
        needRange(sizes[i], -1, extent, "a slice of");
        total += std::max(sizes[i], 0);
    }
    needRange(total, 0, extent, "slices that together are");
}

void slice(const Sizing& sizing) {
    sizing.expectInputs(1, 2);
    sizing.expectOutputs(1, 1 << 20);
    const MNN::Slice* parameter = sizing.op.main_as_Slice();
    if (parameter == nullptr) refuse("expected parameters of kind Slice");
    const MNN::Tensor& input = sizing.input(0);
    const int extent = input.length(needAxis(parameter->axis(), input.dimensions()));
    // As softmax's: CPURaster.cpp unpacks a vector as channels of a batch, four times as far as it goes.
    if (sizing.isPacked(0)) sizing.expectRank(0, 2, 8);
    const auto* points = parameter->slicePoints();
    if (parameter->sourceType() == MNN::NetSource_CAFFE) {
        if (points == nullptr) refuse("expected slice points, received none");
        return sliceAtPoints(sizing, *points, extent);
    }
    if (sizing.inputCount() == 2) {
        const int64_t count = elementsOf(sizing.input(1));
        return sliceBySizes(sizing, sizing.integers(1, count), count, extent);
    }
    if (points == nullptr || points->size() == 1) return sliceEvenly(sizing, *parameter, extent);
    sliceBySizes(sizing, points->data(), points->size(), extent);
}

void reduction(const Sizing& sizing) {
    sizing.expectInputs(1, 2);
    sizing.expectOutputs(1, 1);
    const int rank = sizing.rank(0);
    std::set<int> own, given;
    const auto* dim = sizing.op.main_as_ReductionParam()->dim();
    if (dim != nullptr) {
        for (const int32_t axis : *dim) own.insert(needAxis(axis, rank));
    }
    if (sizing.inputCount() < 2) return;
    const int64_t count = elementsOf(sizing.input(1));
    const int32_t* axes = sizing.integers(1, count);
    for (int64_t i = 0; i < count; i++) given.insert(needAxis(axes[i], rank));
    // Its sizes are by its own axes where it has any, its geometry by the second input.
    if (dim != nullptr && own != given) refuse("has axes of its own and others in its second input");
}

int64_t gammasOf(const MNN::LayerNorm& norm) {
    if (norm.gamma() != nullptr && norm.beta() != nullptr) return norm.gamma()->size();
    const auto* external = norm.external();
    return sizeOf(external) > 1 ? external->Get(1) / 4 : 0;
}

// The axes, counted from the front, must follow each other: MNN looks for those it left out without an end.
int64_t normalisedBy(const Sizing& sizing, const flatbuffers::Vector<int32_t>& axes) {
    const MNN::Tensor& input = sizing.input(0);
    needRange(axes.size(), 1, input.dimensions(), "a number of axes");
    int previous = -1;
    int64_t inner = 1;
    for (const int32_t given : axes) {
        const int axis = needAxis(given, input.dimensions());
        if (previous >= 0) needEqual(axis, previous + 1, "an axis");
        previous = axis;
        inner *= input.length(axis);
    }
    return inner;
}

void layerNorm(const Sizing& sizing) {
    sizing.expectInputs(1, 2);
    sizing.expectScales();
    needEqual(int64_t(sizing.outputCount()), int64_t(sizing.inputCount()), "a number of outputs");
    const MNN::LayerNorm& norm = *sizing.op.main_as_LayerNorm();
    // GeometryLayernorm.cpp takes three of them wherever there is a vector: a place, and two sizes to read.
    if (norm.external() != nullptr) needRange(norm.external()->size(), 3, kMost, "numbers of its file:");
    const MNN::Tensor& input = sizing.input(0);
    sizing.expectRank(0, 1, 8);
    if (sizing.inputCount() == 2 && sizing.input(1).shape() != input.shape())
        refuse("expected inputs of one shape");
    const int64_t gammas = gammasOf(norm);
    const bool packed =
        sizing.op.defaultDimentionFormat() == MNN::MNN_DATA_FORMAT_NC4HW4 || sizing.isPacked(0);
    int64_t inner = norm.axis() == nullptr ? 1 : normalisedBy(sizing, *norm.axis());
    if (packed) {
        sizing.expectRank(0, 2, 8);
        inner = input.length(1);
    } else if (norm.group() > 1) {
        const int64_t each = elementsBetween(input, 1, input.dimensions());
        if (each % norm.group() != 0)
            refuse(std::to_string(norm.group()) + " groups do not divide " + std::to_string(each));
        inner = each / norm.group();
    }
    if (gammas > 0) needRange(gammas, inner, kMost, "a number of gammas");
}

void cumulate(const Sizing& sizing) {
    if (sizing.op.type() == MNN::OpType_CumSum) {
        sizing.expectInputs(2, 2);
        if (sizing.op.main_as_CumSum() == nullptr) refuse("expected parameters of kind CumSum");
        needAxis(sizing.integers(1, 1)[0], sizing.rank(0));
        return;
    }
    if (sizing.op.main_as_Axis() == nullptr) refuse("expected an axis, received none");
    needAxis(sizing.op.main_as_Axis()->axis(), sizing.rank(0));
}

void reverse(const Sizing& sizing) {
    sizing.expectInputs(2, 2);
    needRange(sizing.integers(1, 1)[0], 0, sizing.rank(0) - 1, "an axis");
}

void reverseSequence(const Sizing& sizing) {
    sizing.expectInputs(2, 2);
    const MNN::ReverseSequenceParam* parameter = sizing.op.main_as_ReverseSequenceParam();
    if (parameter == nullptr) refuse("expected parameters of kind ReverseSequenceParam");
    const MNN::Tensor& input = sizing.input(0);
    const int batch = needAxis(parameter->batchDim(), input.dimensions());
    const int sequence = needAxis(parameter->seqDim(), input.dimensions());
    if (batch == sequence) refuse("expected two axes, received one twice");
    // It counts the channels as they are, and takes rows as far apart as packed ones lie.
    if (sizing.isPacked(0)) refuse("expected its input in NCHW or NHWC, received it in NC4HW4");
    const int32_t* lengths = sizing.integers(1, input.length(batch));
    for (int i = 0; i < input.length(batch); i++)
        needRange(lengths[i], 1, input.length(sequence), "a length of");
}

void flatten(const Sizing& sizing) {
    const MNN::Flatten* parameter = sizing.op.main_as_Flatten();
    if (parameter == nullptr) refuse("expected parameters of kind Flatten");
    const int rank = sizing.rank(0);
    if (parameter->endAxis() == 0) {
        needRange(parameter->axis(), -rank, rank, "an axis"); // the rank itself: everything before it
        return;
    }
    needRange(needAxis(parameter->endAxis(), rank), needAxis(parameter->axis(), rank), rank - 1,
              "an end axis");
}

} // namespace

const std::vector<RuleOf> kAxisRules = {
    {MNN::OpType_ArgMax, argMax},
    {MNN::OpType_ArgMin, argMax},
    {MNN::OpType_Histogram, histogram},
    {MNN::OpType_Softmax, softmax},
    {MNN::OpType_Concat, concat},
    {MNN::OpType_QuantizedConcat, concat},
    {MNN::OpType_Pack, pack},
    {MNN::OpType_Unpack, unpack},
    {MNN::OpType_Slice, slice},
    {MNN::OpType_Reduction, reduction},
    {MNN::OpType_LayerNorm, layerNorm},
    {MNN::OpType_CumSum, cumulate},
    {MNN::OpType_CumProd, cumulate},
    {MNN::OpType_Reverse, reverse},
    {MNN::OpType_ReverseSequence, reverseSequence},
    {MNN::OpType_Flatten, flatten},
};

} // namespace twinfer::mnn
