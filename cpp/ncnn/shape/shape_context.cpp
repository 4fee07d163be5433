#include "shape_context.h"

#include <limits>

#include "../../error.h"

namespace twinfer {

void ShapeContext::out(const BlobShape& shape, size_t index) {
    constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
    int64_t total = 1;
    for (int i = 0; i < shape.dims; i++) {
        const int64_t size = shape.axis(i);
        if (size < 1) {
            mismatch("an output of at least 1 in every dimension",
                     shape.toText() + " from an input of " + (ins() > 0 ? in().toText() : "none"));
        }
        if (size > kMost / total) mismatch("an output of at most 2147483647 elements", "more");
        total *= size;
    }
    if (index < tops_.size()) tops_[index] = shape;
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

void ShapeContext::requireOutermost(const BlobShape& shape, int64_t size, const char* what) const {
    if (shape.outermost() == size) return;
    mismatch("an input with " + std::to_string(size) + " " + what,
             std::to_string(shape.outermost()) + " (" + shape.toText() + ")");
}

} // namespace twinfer
