// Operators that work on each value, and those with one parameter for each channel.
#include <limits>

#include "core/TensorUtils.hpp"
#include "rules.h"

namespace twinfer::mnn {

namespace {

constexpr int64_t kMost = std::numeric_limits<int32_t>::max();

bool dividesIntegers(int operation) {
    return operation == MNN::BinaryOpOperation_REALDIV || operation == MNN::BinaryOpOperation_FLOORMOD ||
           operation == MNN::BinaryOpOperation_MOD;
}

// CPULoop calls the function of an operation it has none for (CPUBinary::selectForFloat gives null).
bool isKnownForFloats(int operation) {
    switch (operation) {
    case MNN::BinaryOpOperation_DIV:
    case MNN::BinaryOpOperation_MAX_TEMP:
    case MNN::BinaryOpOperation_MIN_TEMP:
    case MNN::BinaryOpOperation_LOGICALOR:
    case MNN::BinaryOpOperation_BITWISE_AND:
    case MNN::BinaryOpOperation_BITWISE_OR:
    case MNN::BinaryOpOperation_BITWISE_XOR:
    case MNN::BinaryOpOperation_LOGICALXOR:
    case MNN::BinaryOpOperation_LEFTSHIFT:
    case MNN::BinaryOpOperation_RIGHTSHIFT: return false;
    default: return *MNN::EnumNameBinaryOpOperation(static_cast<MNN::BinaryOpOperation>(operation)) != '\0';
    }
}

void binary(const Sizing& sizing) {
    sizing.expectInputs(2, 2);
    sizing.expectOutputs(1, 1);
    sizing.expectScales();
    const int operation = sizing.op.main_as_BinaryOp()->opType();
    const MNN::Tensor& right = sizing.input(1);
    if (sizing.input(0).getType().code == halide_type_float) {
        if (!isKnownForFloats(operation))
            refuse("operation " + std::to_string(operation) + " does not exist for floats");
        return;
    }
    // A constant divisor: MNN divides by it while it sizes.
    const bool known = sizing.isConstant(1) && sizing.hasIntegers(1);
    if (!known || !dividesIntegers(operation)) return;
    const int32_t* divisors = sizing.integers(1, 0);
    for (int64_t i = 0; i < elementsOf(right); i++) {
        if (divisors[i] == 0) refuse("expected a divisor, received 0");
    }
}

void activation(const Sizing& sizing) {
    sizing.expectInputs(1, 1);
    sizing.expectScales();
}

void unary(const Sizing& sizing) {
    activation(sizing);
    const MNN::UnaryOp& parameter = *sizing.op.main_as_UnaryOp();
    if (parameter.tableInt8() != nullptr)
        needRange(sizeOf(parameter.tableInt8()), 255, kMost, "entries of its table:");
}

void select(const Sizing& sizing) {
    sizing.expectInputs(3, 3);
    sizing.expectOutputs(1, 1);
    if (sizing.input(0).getType().bits != 32) refuse("expected 32-bit conditions");
    if (sizing.input(1).getType() != sizing.input(2).getType()) refuse("expected two values of one type");
}

void eltwise(const Sizing& sizing) {
    sizing.expectInputs(2, kMost);
    sizing.expectOutputs(1, 1);
    // It goes through all of them at once, as many bytes as the first has.
    sizing.expectScales();
    for (size_t i = 1; i < sizing.inputCount(); i++) {
        needEqual(elementsOf(sizing.input(i)), elementsOf(sizing.input(0)), "a number of values");
        if (sizing.isPacked(i) != sizing.isPacked(0))
            refuse("expected inputs of one layout, received NC4HW4 and another");
        if (sizing.input(i).getType() != sizing.input(0).getType()) refuse("expected inputs of one type");
    }
}

void scale(const Sizing& sizing) {
    activation(sizing);
    sizing.expectRank(0, 2, 8);
    const MNN::Scale& parameter = *sizing.op.main_as_Scale();
    const int64_t scales = sizeOf(parameter.scaleData());
    const int channels = sizing.input(0).channel();
    if (scales == 0 && sizeOf(parameter.external()) > 1) return sizing.expectPacked(0);
    if (scales < channels)
        refuse("gets " + countOf(channels, "channel") + " and has scales for " + std::to_string(scales));
    sizing.expectPacked(0);
    if (sizeOf(parameter.biasData()) > 0) needRange(sizeOf(parameter.biasData()), scales, scales, "biases:");
}

void prelu(const Sizing& sizing) {
    activation(sizing);
    sizing.expectRank(0, 1, 8);
    const MNN::PRelu& parameter = *sizing.op.main_as_PRelu();
    if (parameter.slopeCount() == 1) return;
    sizing.expectRank(0, 2, 8);
    const int channels = sizing.input(0).length(1);
    if (parameter.slopeCount() < channels)
        refuse("gets " + countOf(channels, "channel") + " and has slopes for " +
               std::to_string(parameter.slopeCount()));
    sizing.expectPacked(0);
}

void normalise(const Sizing& sizing) {
    sizing.expectInputs(1, 1);
    sizing.expectRank(0, 4, 4);
    const MNN::Normalize& parameter = *sizing.op.main_as_Normalize();
    needRange(sizeOf(parameter.scale()), sizing.input(0).channel(), kMost, "a number of scales");
}

void responseNorm(const Sizing& sizing) {
    sizing.expectInputs(1, 1);
    const MNN::LRN& parameter = *sizing.op.main_as_LRN();
    sizing.expectRank(0, parameter.regionType() == 0 ? 2 : 4, 4);
    needRange(parameter.localSize(), 1, 1 << 10, "a window of");
    if (sizing.isChannelsLast(0)) refuse("expected its input channels first, received it channels last");
}

void spatialProduct(const Sizing& sizing) {
    sizing.expectInputs(2, 2);
    for (const size_t index : {size_t(0), size_t(1)}) sizing.expectRank(index, 4, 4);
    const MNN::Tensor& input = sizing.input(0);
    needRange(elementsOf(sizing.input(1)), int64_t(input.length(0)) * input.width() * input.height(), kMost,
              "values:");
}

// With parameters it was another operator: a ConvertTensor, whose result the next one reads as packed.
void zerosLike(const Sizing& sizing) {
    sizing.expectInputs(1, 1);
    if (sizing.op.main_type() != MNN::OpParameter_NONE) refuse("expected no parameters");
}

void cast(const Sizing& sizing) {
    sizing.expectInputs(sizing.op.type() == MNN::OpType_CastLike ? 2 : 1, 2);
}

void dequantise(const Sizing& sizing) {
    const MNN::Dequantize* parameter = sizing.op.main_as_Dequantize();
    if (parameter == nullptr) refuse("expected parameters of kind Dequantize");
    if (parameter->inputQuantizedParam() == nullptr) refuse("expected a scale of its input, received none");
    // The least and the greatest value are further inputs, except for TensorFlow Lite's.
    const bool isLite = parameter->modelFormat() == MNN::ModeFormat_TFLITE;
    if (!isLite || sizing.inputCount() != 1) sizing.expectInputs(3, 3);
    for (size_t i = 1; i < sizing.inputCount(); i++)
        needRange(elementsOf(sizing.input(i)), 1, kMost, "a number of values");
    sizing.expectOutputs(1, 1);
}

// One scale for all channels or one for each, and as many zero points; without parameters it is a cast.
void throughScales(const Sizing& sizing) {
    sizing.expectInputs(1, 1);
    sizing.expectOutputs(1, 1);
    const MNN::QuantizedFloatParam* parameter = sizing.op.main_as_QuantizedFloatParam();
    if (parameter == nullptr) return;
    sizing.expectRank(0, 2, 8);
    const int64_t scales = sizeOf(parameter->tensorScale());
    needRange(scales, 1, 1 << 24, "a number of scales");
    const int channels = sizing.input(0).channel();
    if (scales != 1 && scales < channels)
        refuse("gets " + countOf(channels, "channel") + " and has scales for " + std::to_string(scales));
    if (parameter->floatzeros() != nullptr)
        needRange(sizeOf(parameter->floatzeros()), 1, scales, "a number of zero points");
}

// It hands on one input as each output.
void identity(const Sizing& sizing) {
    sizing.expectInputs(1, sizing.outputCount());
}

void dynamicQuant(const Sizing& sizing) {
    sizing.expectInputs(1, 1);
    sizing.expectOutputs(3, 3);
}

} // namespace

const std::vector<RuleOf> kElementwiseRules = {
    {MNN::OpType_BinaryOp, binary},
    {MNN::OpType_UnaryOp, unary},
    {MNN::OpType_ReLU, activation},
    {MNN::OpType_ReLU6, activation},
    {MNN::OpType_Select, select},
    {MNN::OpType_Eltwise, eltwise},
    {MNN::OpType_Scale, scale},
    {MNN::OpType_PReLU, prelu},
    {MNN::OpType_Normalize, normalise},
    {MNN::OpType_LRN, responseNorm},
    {MNN::OpType_SpatialProduct, spatialProduct},
    {MNN::OpType_ZerosLike, zerosLike},
    {MNN::OpType_Cast, cast},
    {MNN::OpType_CastLike, cast},
    {MNN::OpType_Dequantize, dequantise},
    {MNN::OpType_DynamicQuant, dynamicQuant},
    {MNN::OpType_FloatToInt8, throughScales},
    {MNN::OpType_Int8ToFloat, throughScales},
    {MNN::OpType_Identity, identity},
};

} // namespace twinfer::mnn
