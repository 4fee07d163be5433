#include "shape_context.h"

namespace twinfer {

namespace {

// How many boxes these layers find depends on the values, so their tops stay unknown.

void requireBoxes(const ShapeContext& context) {
    const int64_t boxes = context.at(1, 5), each = 5 + int64_t(context.at(0, 20));
    for (size_t i = 0; i < context.ins(); i++) {
        context.requireDims(3, 3, i);
        // It divides, so that up to boxes - 1 channels may be left over.
        context.require(boxes > 0 && context.in(i).c / boxes == each,
                        std::to_string(boxes * each) + " channels (boxes x (5 + classes))",
                        context.in(i).toText());
    }
}

void yolo(ShapeContext& context) {
    requireBoxes(context);
}

void yolov3(ShapeContext& context) {
    requireBoxes(context);
    const int64_t needed = static_cast<int64_t>(context.ins());
    context.require(
        context.layer().length(6) >= needed && context.layer().length(5) >= needed * context.at(1, 5),
        "a scale (6=) and masks (5=) for each of " + std::to_string(needed) + " inputs",
        std::to_string(context.layer().length(6)) + " and " + std::to_string(context.layer().length(5)));
}

// Locations, scores and prior boxes of equal number.
void ssd(ShapeContext& context) {
    const BlobShape& location = context.in(0);
    const BlobShape& confidence = context.in(1);
    const BlobShape& prior = context.in(2);
    const bool mxnet = context.at(0) == -233;
    context.require(mxnet ? prior.w >= 4 : prior.dims == 2 && prior.h >= 2,
                    "prior boxes with their variances", prior.toText());
    const int64_t boxes = mxnet ? prior.h : prior.w / 4;
    const int64_t classes = mxnet ? confidence.h : context.at(0);
    if (classes < 1) context.invalid("num_class (0=) of 1 or more", std::to_string(classes));
    context.require(location.total() >= 4 * boxes, std::to_string(4 * boxes) + " locations",
                    location.toText());
    context.require(confidence.total() >= classes * boxes, std::to_string(classes * boxes) + " scores",
                    confidence.toText());
}

// The anchors are three ratios by three scales.
void proposal(ShapeContext& context) {
    constexpr int64_t kAnchors = 9;
    // proposal.cpp makes as many channels as this where it is the smaller number, a negative one too.
    if (context.at(3, 300) < 0)
        context.invalid("after_nms_topN (3=) of 0 or more", std::to_string(context.at(3, 300)));
    const BlobShape& scores = context.in(0);
    const BlobShape& boxes = context.in(1);
    context.requireDims(3);
    context.requireDims(3, 3, 1);
    context.require(scores.c >= 2 * kAnchors, std::to_string(2 * kAnchors) + " channels of scores",
                    scores.toText());
    context.require(boxes.c >= 4 * kAnchors && boxes.w == scores.w && boxes.h == scores.h,
                    std::to_string(4 * kAnchors) + " channels of boxes like the scores " + scores.toText(),
                    boxes.toText());
    context.require(context.in(2).total() >= 3, "height, width and scale as input 3", context.in(2).toText());
}

void priorBox(ShapeContext& context) {
    const BlobShape& map = context.in();
    const int64_t least = context.layer().length(0), most = context.layer().length(1);
    const int64_t ratios = context.layer().length(2);
    const bool mxnet = context.ins() == 1 && context.at(9) == -233 && context.at(10) == -233 && most == 0;
    if (mxnet) return context.out(BlobShape::of1(4 * map.w * map.h * (least - 1 + ratios)));
    const int64_t priors = least * ratios * (context.at(7, 1) != 0 ? 2 : 1) + least + most;
    context.out(BlobShape::of2(4 * map.w * map.h * priors, 2));
}

} // namespace

std::vector<ShapeRule> detectionRules() {
    return {{"YoloDetectionOutput", yolo},
            {"Yolov3DetectionOutput", yolov3},
            {"DetectionOutput", ssd},
            {"Proposal", proposal},
            {"PriorBox", priorBox}};
}

} // namespace twinfer
