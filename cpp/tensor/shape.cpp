#include "shape.h"

#include <limits>

#include "../error.h"

namespace twinfer {

const char* nameOf(Layout layout) {
    switch (layout) {
    case Layout::NCHW: return "NCHW";
    case Layout::NHWC: return "NHWC";
    case Layout::NC4HW4: return "NC4HW4";
    }
    return "";
}

std::string toString(const Shape& shape) {
    std::string text = "[";
    for (size_t i = 0; i < shape.size(); i++) {
        if (i > 0) text += ',';
        text += shape[i] == kAny ? "?" : std::to_string(shape[i]);
    }
    return text + "]";
}

int64_t elementsOf(const Shape& shape) {
    int64_t elements = 1;
    for (const int dimension : shape) {
        if (dimension < 0) {
            throw Error("TWINFER_SHAPE_MISMATCH",
                        "expected dimensions of 0 or more, received " + toString(shape));
        }
        elements *= dimension;
        if (elements > std::numeric_limits<int>::max()) {
            throw Error("TWINFER_SHAPE_MISMATCH",
                        "expected at most 2147483647 elements, received shape " + toString(shape));
        }
    }
    return elements;
}

bool matches(const Shape& expected, const Shape& received) {
    if (expected.size() != received.size()) return false;
    for (size_t i = 0; i < expected.size(); i++) {
        if (expected[i] != kAny && expected[i] != received[i]) return false;
    }
    return true;
}

} // namespace twinfer
