#include "shape_context.h"

#include <algorithm>

#include "../../../error.h"

namespace twinfer {

namespace {

// A damaged size (a padding of a million) takes seconds and gigabytes before it fails. No network that runs
// on a device has a blob of more than 4 GiB, or makes more than 256 MiB out of a thousandth of it.
constexpr int64_t kMostElements = int64_t(1) << 30;
constexpr int64_t kUnsuspicious = int64_t(1) << 26;
constexpr int64_t kMostGrowth = 1024;
constexpr int kMostDims = 4;

} // namespace

void ShapeContext::out(const BlobShape& shape, size_t index) {
    for (int i = 0; i < shape.dims; i++) {
        if (shape.axis(i) >= 1) continue;
        mismatch("an output of at least 1 in every dimension",
                 shape.toText() + " from an input of " + (ins() > 0 ? in().toText() : "none"));
    }
    requireMemory(shape);
    if (index < tops_.size()) tops_[index] = shape;
}

void ShapeContext::requireMemory(const BlobShape& shape) const {
    int64_t given = 0;
    for (const BlobShape& bottom : bottoms_) given += bottom.total();
    int64_t most = kMostElements;
    if (!bottoms_.empty()) most = std::min(most, std::max(kUnsuspicious, kMostGrowth * given));
    int64_t total = 1;
    for (int i = 0; i < shape.dims; i++) {
        if (shape.axis(i) <= most / total) {
            total *= shape.axis(i);
            continue;
        }
        mismatch("at most " + std::to_string(most) + " elements from " + std::to_string(given),
                 shape.toText());
    }
}

void ShapeContext::mismatch(const std::string& expected, const std::string& received) const {
    throw Error(
        "TWINFER_SHAPE_MISMATCH",
        file_.describe(layer_) + ": expected " + expected + ", received " + received,
        "Either the input has another shape than the model was converted for, or the .param is damaged. "
        "ncnn does not check this and would read outside its memory.");
}

void ShapeContext::invalid(const std::string& expected, const std::string& received) const {
    throw Error("TWINFER_MODEL_INVALID",
                file_.describe(layer_) + ": expected " + expected + ", received " + received,
                "The .param is damaged or was converted wrongly; ncnn does not check this and would crash.");
}

void ShapeContext::requireDims(int least, int most, size_t index) const {
    const BlobShape& shape = in(index);
    if (shape.dims >= least && shape.dims <= most) return;
    wantsOtherRank_ = true;
    const std::string wanted =
        least == most ? std::to_string(least) : std::to_string(least) + " to " + std::to_string(most);
    mismatch(wanted + (most == 1 ? " dimension" : " dimensions") + (least > 1 ? " (channels first)" : "") +
                 (index > 0 ? " as input " + std::to_string(index + 1) : ""),
             shape.toText());
}

int ShapeContext::axisOf(int axis) const {
    const int dims = in().dims;
    if (dims == 1) return 0;
    const int index = axis < 0 ? axis + dims : axis;
    return index >= 0 && index < dims ? index : -1;
}

int ShapeContext::requireAxis(int axis) const {
    if (in().dims > 1 && (axis < -kMostDims || axis >= kMostDims))
        invalid("an axis from -4 to 3", std::to_string(axis));
    const int index = axisOf(axis);
    if (index < 0) {
        const std::string dims = std::to_string(in().dims);
        mismatch("an axis from -" + dims + " to " + std::to_string(in().dims - 1) + " for an input " +
                     in().toText(),
                 std::to_string(axis));
    }
    return index;
}

void ShapeContext::requireOutermost(const BlobShape& shape, int64_t size, const char* what) const {
    if (shape.outermost() == size) return;
    mismatch("an input with " + std::to_string(size) + " " + what,
             std::to_string(shape.outermost()) + " (" + shape.toText() + ")");
}

} // namespace twinfer
