// Operators that give their input another shape or order: Reshape, Permute, Tile, StridedSlice …
#include <algorithm>
#include <limits>

#include "core/TensorUtils.hpp"
#include "rules.h"

namespace twinfer::mnn {

namespace {

constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
constexpr int kMostDimensions = 8;

// A shape that an input holds: of at most 8 dimensions, which MNN copies into arrays of 9.
const int32_t* shapeIn(const Sizing& sizing, size_t index) {
    needRange(elementsOf(sizing.input(index)), 0, kMostDimensions, "a number of dimensions");
    return sizing.integers(index, 0);
}

void expectReshaped(const Sizing& sizing, const int32_t* shape, int64_t count, bool zeroKeeps) {
    needRange(count, 0, kMostDimensions, "a number of dimensions");
    const MNN::Tensor& input = sizing.input(0);
    int64_t product = 1;
    for (int64_t i = 0; i < count; i++) {
        needRange(shape[i], -1, kMost, "a dimension of");
        if (shape[i] == 0 && zeroKeeps) needRange(i, 0, input.dimensions() - 1, "a kept dimension");
        const int64_t extent = shape[i] == 0 && zeroKeeps ? input.length(static_cast<int>(i)) : shape[i];
        product *= extent == -1 ? 1 : extent;
        needRange(product, 0, kMost, "a number of elements");
    }
}

void reshape(const Sizing& sizing) {
    sizing.expectInputs(1, 2);
    sizing.expectOutputs(1, 1);
    const MNN::Reshape* parameter = sizing.op.main_as_Reshape();
    elementsOf(sizing.input(0));
    const bool packed = sizing.isPacked(0);
    if (packed && parameter == nullptr && sizing.op.type() == MNN::OpType_Reshape)
        refuse("expected parameters of kind Reshape");
    if (sizing.inputCount() == 1) {
        const auto* dims = parameter != nullptr ? parameter->dims()
                                                : (sizing.op.main_as_QuantizedReshape() == nullptr
                                                       ? nullptr
                                                       : sizing.op.main_as_QuantizedReshape()->dims());
        if (dims == nullptr) refuse("expected a shape, received none");
        return expectReshaped(sizing, dims->data(), dims->size(), true);
    }
    const MNN::Tensor& shape = sizing.input(1);
    const int64_t count = elementsOf(shape);
    if (shape.getType() == halide_type_of<int64_t>()) {
        needRange(count, 0, kMostDimensions, "a number of dimensions");
        if (shape.host<void>() == nullptr && count > 0) refuse("expected a shape that is known");
        return;
    }
    const auto order = parameter == nullptr ? MNN::MNN_DATA_FORMAT_NHWC : parameter->dimType();
    if (packed && order == MNN::MNN_DATA_FORMAT_NHWC) needEqual(count, 4, "a number of dimensions");
    expectReshaped(sizing, shapeIn(sizing, 1), count, !sizing.isChannelsLast(1));
}

void permute(const Sizing& sizing) {
    sizing.expectInputs(1, 1);
    sizing.expectOutputs(1, 1);
    const auto* order = sizing.op.main_as_Permute()->dims();
    if (order == nullptr) return;
    const int rank = sizing.rank(0);
    needEqual(order->size(), rank, "a number of axes");
    std::vector<bool> used(static_cast<size_t>(rank));
    for (const int32_t axis : *order) {
        needRange(axis, 0, rank - 1, "an axis");
        if (used[static_cast<size_t>(axis)]) refuse("axis " + std::to_string(axis) + " comes twice");
        used[static_cast<size_t>(axis)] = true;
    }
}

void transpose(const Sizing& sizing) {
    sizing.expectInputs(2, 2);
    sizing.integers(1, sizing.rank(0)); // ShapeTranspose.cpp checks its values
}

void broadcastTo(const Sizing& sizing) {
    sizing.expectInputs(2, 2);
    sizing.expectOutputs(1, 1);
    const MNN::Tensor& input = sizing.input(0);
    const int64_t count = elementsOf(sizing.input(1));
    shapeIn(sizing, 1);
    if (sizing.op.main() == nullptr) return;
    const MNN::Axis* forward = sizing.op.main_as_Axis();
    if (forward == nullptr) refuse("expected parameters of kind Axis");
    if (forward->axis() == 0) return;
    needRange(count, input.dimensions(), kMostDimensions, "a number of dimensions");
    needEqual(input.dimensions(), 1, "a number of dimensions");
    needEqual(sizing.integers(1, 1)[0], input.length(0), "a first dimension of");
}

void fill(const Sizing& sizing) {
    sizing.expectInputs(2, 2);
    sizing.expectRank(0, 0, 1);
    // The shape of a single value is empty; MNN reads its extent all the same.
    if (sizing.rank(0) == 0) {
        needRange(sizing.input(0).buffer().dim[0].extent, 0, 1, "sizes:");
    } else {
        shapeIn(sizing, 0);
    }
    // GeometryFill.cpp makes nothing of a single number, not even the memory that others then read.
    needRange(sizing.input(0).buffer().dim[0].extent, 1, kMost, "a number of dimensions");
    needRange(elementsOf(sizing.input(1)), 1, kMost, "a number of values");
    if (sizing.isPacked(1)) refuse("expected its value in NCHW or NHWC, received it in NC4HW4");
}

void random(const Sizing& sizing) {
    sizing.expectInputs(1, 1);
    sizing.expectOutputs(1, 1);
    // The others are written as floats, beyond their smaller values.
    switch (sizing.op.main_as_RandomUniform()->type()) {
    case MNN::DataType_DT_FLOAT:
    case MNN::DataType_DT_DOUBLE:
    case MNN::DataType_DT_INT32:
    case MNN::DataType_DT_INT64: break;
    default: refuse("data type " + std::to_string(sizing.op.main_as_RandomUniform()->type()));
    }
    shapeIn(sizing, 0);
}

void expandDims(const Sizing& sizing) {
    sizing.expectInputs(1, 2);
    const int rank = sizing.rank(0);
    needRange(rank, 0, kMostDimensions - 1, "a number of dimensions");
    const MNN::ExpandDims* parameter = sizing.op.main_as_ExpandDims();
    if (sizing.inputCount() == 1 && parameter == nullptr) refuse("expected an axis, received none");
    needAxis(sizing.inputCount() == 2 ? sizing.integers(1, 1)[0] : parameter->axis(), rank + 1);
}

void squeeze(const Sizing& sizing) {
    sizing.expectInputs(1, 2);
    sizing.expectOutputs(1, 1);
    const MNN::SqueezeParam* parameter = sizing.op.main_as_SqueezeParam();
    if (parameter == nullptr) refuse("expected parameters of kind SqueezeParam");
    std::vector<int32_t> axes;
    if (const auto* given = parameter->squeezeDims()) {
        axes.assign(given->begin(), given->end());
    } else if (sizing.inputCount() > 1) {
        const int64_t count = elementsOf(sizing.input(1));
        const int32_t* values = sizing.integers(1, count);
        axes.assign(values, values + count);
    }
    const bool inserts = sizing.op.type() == MNN::OpType_Unsqueeze;
    const int rank = sizing.rank(0) + (inserts ? static_cast<int>(std::min<size_t>(axes.size(), 9)) : 0);
    needRange(rank, 0, kMostDimensions, "a number of dimensions");
    for (int32_t& axis : axes) axis = needAxis(axis, rank);
    std::sort(axes.begin(), axes.end());
    if (inserts && std::adjacent_find(axes.begin(), axes.end()) != axes.end())
        refuse("expected each axis once");
}

// GeometryTile.cpp writes one entry for each run of sizes and one for each run of copies into arrays of 9.
void tile(const Sizing& sizing) {
    sizing.expectInputs(2, 2);
    const MNN::Tensor& input = sizing.input(0);
    const int rank = input.dimensions();
    needEqual(elementsOf(sizing.input(1)), rank, "a number of copies for each dimension");
    const int32_t* copies = sizing.integers(1, rank);
    int entries = 0;
    double made = 1;
    for (int i = 0; i < rank; i++) {
        needRange(copies[i], 0, kMost, "a number of copies");
        needRange(int64_t(input.length(i)) * copies[i], 0, kMost, "a dimension of");
        entries += (input.length(i) > 1) + (copies[i] > 1);
        made *= double(input.length(i)) * copies[i];
    }
    needModest(made, double(elementsOf(input)));
    needRange(entries, 0, 9, "dimensions that are tiled or longer than 1");
}

void padding(const Sizing& sizing) {
    if (sizing.inputCount() < 2) refuse("expected paddings, received none");
    const MNN::Tensor& input = sizing.input(0);
    const int32_t* pads = sizing.integers(1, 2 * int64_t(input.dimensions()));
    double made = 1;
    for (int i = 0; i < input.dimensions(); i++) {
        const int64_t length = int64_t(input.length(i)) + pads[2 * i] + pads[2 * i + 1];
        needRange(length, 0, kMost, "a padded size of");
        made *= double(length);
    }
    needModest(made, double(elementsOf(input)));
    if (sizing.inputCount() > 2) needRange(elementsOf(sizing.input(2)), 1, kMost, "a number of values");
}

void sliceTf(const Sizing& sizing) {
    sizing.expectInputs(3, 3);
    sizing.expectOutputs(1, 1);
    sizing.expectRank(0, 1, kMostDimensions);
    for (const size_t index : {size_t(1), size_t(2)}) {
        sizing.expectRank(index, 1, 1);
        needEqual(elementsOf(sizing.input(index)), sizing.rank(0), "a number of values for each dimension");
        sizing.integers(index, sizing.rank(0));
    }
}

void range(const Sizing& sizing) {
    sizing.expectInputs(3, 3);
    double values[3];
    for (size_t i = 0; i < 3; i++) {
        const MNN::Tensor& tensor = sizing.input(i);
        sizing.expectRank(i, 0, 1);
        needRange(elementsOf(tensor), 1, kMost, "a number of values");
        if (tensor.getType() != sizing.input(0).getType() || tensor.host<void>() == nullptr ||
            tensor.getType().bits != 32)
            refuse("expected three known values of one type");
        values[i] =
            tensor.getType().code == halide_type_float ? tensor.host<float>()[0] : tensor.host<int32_t>()[0];
    }
    if (!(values[2] != 0)) refuse("expected a step, received 0");
    const double count = (values[1] - values[0]) / values[2];
    if (!(count < 1e9)) refuse("expected at most 1e9 values");
}

void linSpace(const Sizing& sizing) {
    sizing.expectInputs(3, 3);
    for (size_t i = 0; i < 3; i++) needRange(elementsOf(sizing.input(i)), 1, kMost, "a number of values");
    needRange(sizing.integers(2, 1)[0], 1, 1000000000, "a number of values");
}

void raster(const Sizing& sizing) {
    sizing.expectOutputs(1, 1);
    const MNN::Extra* extra = sizing.op.main_as_Extra();
    // Without regions nothing is written to its output, which the next operator then reads.
    if (extra == nullptr || extra->attr() == nullptr) refuse("expected attributes, received none");
    for (const MNN::Attribute* attribute : *extra->attr()) {
        if (attribute->key() == nullptr) refuse("an attribute without a name");
        const std::string name = attribute->key()->str();
        if (name != "shape" && name != "region") continue;
        if (attribute->list() == nullptr) refuse("attribute '" + name + "' without a list");
        const int64_t count = sizeOf(attribute->list()->i());
        if (name == "shape") needRange(count, 0, kMostDimensions, "a number of dimensions");
        if (name == "region" && count > 0)
            needEqual(count, 11 * int64_t(sizing.inputCount()), "11 numbers for each region:");
    }
}

void convertTensor(const Sizing& sizing) {
    needRange(sizing.op.main_as_TensorConvertInfo()->dest(), MNN::MNN_DATA_FORMAT_NCHW,
              MNN::MNN_DATA_FORMAT_NC4HW4, "a layout");
}

} // namespace

const std::vector<RuleOf> kShapeRules = {
    {MNN::OpType_Reshape, reshape},
    {MNN::OpType_QuantizedReshape, reshape},
    {MNN::OpType_Permute, permute},
    {MNN::OpType_Transpose, transpose},
    {MNN::OpType_BroadcastTo, broadcastTo},
    {MNN::OpType_Fill, fill},
    {MNN::OpType_RandomUniform, random},
    {MNN::OpType_RandomNormal, random},
    {MNN::OpType_ExpandDims, expandDims},
    {MNN::OpType_Squeeze, squeeze},
    {MNN::OpType_Unsqueeze, squeeze},
    {MNN::OpType_Tile, tile},
    {MNN::OpType_Padding, padding},
    {MNN::OpType_SliceTf, sliceTf},
    {MNN::OpType_Range, range},
    {MNN::OpType_LinSpace, linSpace},
    {MNN::OpType_Raster, raster},
    {MNN::OpType_ConvertTensor, convertTensor},
};

} // namespace twinfer::mnn
