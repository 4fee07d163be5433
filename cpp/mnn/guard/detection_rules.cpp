// Detectors and the operators that cut regions out of an image.
#include <limits>

#include "rules.h"

namespace twinfer::mnn {

namespace {

constexpr int64_t kMost = std::numeric_limits<int32_t>::max();

void needRanks(const Sizing& sizing, size_t inputs, int rank) {
    for (size_t i = 0; i < inputs; i++) sizing.expectRank(i, rank, rank);
}

void crop(const Sizing& sizing) {
    sizing.expectInputs(2, 2);
    sizing.expectOutputs(1, 1);
    needRanks(sizing, 2, 4);
    const MNN::Crop& parameter = *sizing.op.main_as_Crop();
    const int axis = needAxis(parameter.axis(), 4);
    const int64_t offsets = sizeOf(parameter.offset());
    if (offsets > 1) needRange(offsets, 4 - axis, kMost, "a number of offsets");
    if (parameter.offset() == nullptr) refuse("expected offsets, received none");
    for (const int32_t offset : *parameter.offset()) needRange(offset, 0, 1 << 20, "an offset");
}

void cropAndResize(const Sizing& sizing) {
    sizing.expectInputs(4, 4);
    sizing.expectOutputs(1, 1);
    sizing.expectRank(0, 4, 4);
    sizing.expectRank(1, 2, 2);
    needEqual(sizing.input(1).length(1), 4, "corners of a box:");
    needEqual(elementsOf(sizing.input(2)), sizing.input(1).length(0), "a number of boxes");
    for (int i = 0; i < 2; i++) needRange(sizing.integers(3, 2)[i], 1, 1 << 15, "a size of");
}

void gridSample(const Sizing& sizing) {
    sizing.expectInputs(2, 3);
    sizing.expectOutputs(1, 1);
    const MNN::Tensor& grid = sizing.input(1);
    sizing.expectRank(0, 4, 5);
    const int rank = sizing.rank(0);
    needEqual(grid.dimensions(), rank, "a number of dimensions");
    needEqual(grid.length(rank - 1), rank - 2, "coordinates of a place:");
    needEqual(grid.length(0), sizing.input(0).length(0), "a batch of");
    sizing.expectPacked(0);
    if (sizing.inputCount() < 3) return;
    needEqual(elementsOf(sizing.input(2)), rank, "a number of dimensions");
    sizing.integers(2, rank);
    if (!sizing.op.main_as_GridSample()->backward()) refuse("expected two inputs, received three");
}

void regions(const Sizing& sizing) {
    sizing.expectInputs(2, 4);
    sizing.expectOutputs(1, 1);
    sizing.expectRank(0, 4, 4);
    sizing.expectRank(1, 1, 4);
    const MNN::RoiParameters& parameter = *sizing.op.main_as_RoiParameters();
    needRange(parameter.pooledWidth(), 1, 1 << 12, "a pooled width of");
    needRange(parameter.pooledHeight(), 1, 1 << 12, "a pooled height of");
    needRange(parameter.samplingRatio(), 0, 1 << 10, "a sampling ratio of");
    // ROIAlign keeps a place for each of its samples.
    needRange(int64_t(parameter.pooledWidth()) * parameter.pooledHeight() * parameter.samplingRatio() *
                  parameter.samplingRatio(),
              0, 1 << 22, "samples of a box:");
    sizing.expectPacked(0);
    const MNN::Tensor& boxes = sizing.input(1);
    if (boxes.getType().code != halide_type_float) refuse("expected boxes of floats");
    const bool aligns = sizing.op.type() == MNN::OpType_ROIAlign;
    // With one input more than it pools with it makes the gradient, and its parameters must say so.
    const size_t gradient = aligns ? 3 : 2;
    const size_t inputs = sizing.inputCount();
    if (parameter.outputGrad() ? inputs != gradient + 1 : inputs > gradient)
        refuse("does not take " + std::to_string(inputs) + " inputs");
    if (parameter.outputGrad()) {
        sizing.expectPacked(gradient);
        if (sizing.input(gradient).shape() != std::vector<int>{boxes.length(0), sizing.input(0).channel(),
                                                               parameter.pooledHeight(),
                                                               parameter.pooledWidth()})
            refuse("expected a gradient for each pooled value");
    }
    const bool withBatch = aligns && inputs >= 3;
    needRange(elementsBetween(boxes, 1, boxes.dimensions()), withBatch ? 4 : 5, kMost, "values of a box:");
    if (!withBatch) return;
    needRange(elementsOf(sizing.input(2)), boxes.length(0), kMost, "a number of boxes");
    if (sizing.input(2).getType() != halide_type_of<int32_t>()) refuse("expected images of 32-bit integers");
}

void detectionOutput(const Sizing& sizing) {
    sizing.expectInputs(3, 5);
    sizing.expectOutputs(1, 1);
    needRanks(sizing, sizing.inputCount(), 4);
    const MNN::DetectionOutput& parameter = *sizing.op.main_as_DetectionOutput();
    needRange(parameter.keepTopK(), 1, 1 << 20, "keepTopK");
    needRange(parameter.classCount(), 1, 1 << 20, "a number of classes");
    const MNN::Tensor& priors = sizing.input(2);
    needEqual(sizing.input(0).channel(), priors.height(), "corners of boxes:");
    needRange(priors.channel(), 2, kMost, "rows of priors:");
    const int64_t boxes = priors.height() / 4;
    needRange(elementsOf(sizing.input(1)), boxes * parameter.classCount(), kMost, "scores:");
    if (sizing.inputCount() < 5) return;
    needRange(elementsOf(sizing.input(3)), boxes * 2, kMost, "scores:");
    needRange(elementsOf(sizing.input(4)), boxes * 4, kMost, "corners of boxes:");
}

void detectionPostProcess(const Sizing& sizing) {
    sizing.expectInputs(3, 3);
    sizing.expectOutputs(4, 4);
    const MNN::DetectionPostProcessParam& parameter = *sizing.op.main_as_DetectionPostProcessParam();
    sizing.expectRank(0, 3, 3);
    sizing.expectRank(1, 3, 3);
    sizing.expectRank(2, 2, 2);
    const int boxes = sizing.input(0).length(1);
    needRange(sizing.input(0).length(2), 4, kMost, "corners of a box:");
    needEqual(sizing.input(1).length(1), boxes, "a number of boxes");
    needEqual(sizing.input(2).length(0), boxes, "a number of boxes");
    needEqual(sizing.input(2).length(1), 4, "corners of a box:");
    needRange(parameter.numClasses(), 1, sizing.input(1).length(2), "a number of classes");
    needRange(parameter.maxDetections(), 1, 1 << 20, "a number of detections");
    needRange(parameter.maxClassesPerDetection(), 1, 1 << 10, "classes for each detection:");
    needRange(sizeOf(parameter.centerSizeEncoding()), 4, kMost, "a number of scales");
}

void nonMaxSuppression(const Sizing& sizing) {
    sizing.expectInputs(2, 5);
    sizing.expectOutputs(1, 1);
    sizing.expectRank(0, 2, 2);
    sizing.expectRank(1, 1, 1);
    needEqual(sizing.input(0).length(1), 4, "corners of a box:");
    needEqual(sizing.input(1).length(0), sizing.input(0).length(0), "a number of scores");
    if (sizing.inputCount() > 2 && sizing.hasIntegers(2))
        needRange(sizing.integers(2, 1)[0], 0, kMost, "a number of boxes");
}

void priorBox(const Sizing& sizing) {
    sizing.expectInputs(2, 2);
    sizing.expectOutputs(1, 1);
    needRanks(sizing, 2, 4);
    const MNN::PriorBox& parameter = *sizing.op.main_as_PriorBox();
    const int64_t least = sizeOf(parameter.minSizes()), most = sizeOf(parameter.maxSizes());
    needRange(least, 1, 1 << 10, "a number of sizes");
    if (most != 0) needEqual(most, least, "a number of greatest sizes");
    needRange(sizeOf(parameter.aspectRatios()), 0, 1 << 10, "a number of aspect ratios");
    needRange(sizeOf(parameter.variances()), 4, kMost, "a number of variances");
    const int64_t boxes = least * (1 + 2 * sizeOf(parameter.aspectRatios())) + most;
    const MNN::Tensor& input = sizing.input(0);
    needRange(4 * boxes * input.width() * input.height(), 1, kMost / 8, "corners of boxes:");
}

void proposal(const Sizing& sizing) {
    sizing.expectInputs(3, 3);
    sizing.expectOutputs(1, 2);
    needRanks(sizing, 2, 4);
    const MNN::Proposal& parameter = *sizing.op.main_as_Proposal();
    if (parameter.ratios() == nullptr || parameter.scales() == nullptr)
        refuse("expected ratios and scales, received none");
    const int64_t anchors = sizeOf(parameter.ratios()->float32s()) * sizeOf(parameter.scales()->float32s());
    needRange(anchors, 1, 1 << 12, "a number of anchors");
    needRange(parameter.afterNmsTopN(), 1, 1 << 20, "a number of boxes");
    const MNN::Tensor& scores = sizing.input(0);
    needRange(scores.channel(), 2 * anchors, kMost, "channels of scores:");
    needRange(elementsOf(sizing.input(1)), 4 * anchors * scores.width() * scores.height(), kMost,
              "corners of boxes:");
    needRange(elementsOf(sizing.input(2)), 3, kMost, "values about the image:");
}

void imageProcess(const Sizing& sizing) {
    const MNN::ImageProcessParam* parameter = sizing.op.main_as_ImageProcessParam();
    if (parameter == nullptr) refuse("expected parameters of kind ImageProcessParam");
    // It writes into its first input, wherever the others say.
    if (parameter->draw()) refuse("expected an image to be made, received one to draw into");
    if (sizing.inputCount() != 3) sizing.expectInputs(1, 1);
    for (const auto* values : {parameter->mean(), parameter->normal()})
        needRange(sizeOf(values), 4, kMost, "values for each channel:");
    needRange(sizeOf(parameter->transform()), 0, 9, "values of a transform:");
    if (parameter->transform() == nullptr) refuse("expected a transform, received none");
    if (sizing.inputCount() == 3) return;
    sizing.expectRank(0, 3, 4);
    needRange(sizeOf(parameter->shape()), 4, kMost, "a number of dimensions");
    for (const int32_t extent : *parameter->shape()) needRange(extent, 1, 1 << 15, "a dimension of");
}

} // namespace

const std::vector<RuleOf> kDetectionRules = {
    {MNN::OpType_Crop, crop},
    {MNN::OpType_CropAndResize, cropAndResize},
    {MNN::OpType_GridSample, gridSample},
    {MNN::OpType_ROIAlign, regions},
    {MNN::OpType_ROIPooling, regions},
    {MNN::OpType_DetectionOutput, detectionOutput},
    {MNN::OpType_DetectionPostProcess, detectionPostProcess},
    {MNN::OpType_NonMaxSuppressionV2, nonMaxSuppression},
    {MNN::OpType_PriorBox, priorBox},
    {MNN::OpType_Proposal, proposal},
    {MNN::OpType_ImageProcess, imageProcess},
};

} // namespace twinfer::mnn
