#include "shape_hints.h"

namespace twinfer {

namespace {

constexpr int kHints = 30;

// dims w h c, or dims w h d c.
Shape fromHint(const int* hint, size_t step) {
    const int w = hint[1], h = hint[2], c = hint[step - 1];
    switch (hint[0]) {
    case 1: return {w};
    case 2: return {h, w};
    case 3: return {c, h, w};
    case 4: return {c, hint[3], h, w};
    default: return {};
    }
}

} // namespace

Shape inputShapeOf(const ParamLayer& layer) {
    const int w = layer.integer(0, 0), h = layer.integer(1, 0), c = layer.integer(2, 0),
              d = layer.integer(11, 0);
    const auto open = [](int dimension) { return dimension > 0 ? dimension : kAny; };
    if (d > 0) return {open(c), d, open(h), open(w)};
    if (c > 0) return {c, open(h), open(w)};
    if (h > 0) return {h, open(w)};
    if (w > 0) return {w};
    return {};
}

std::vector<Shape> shapeHints(const ParamLayer& layer) {
    const std::vector<int> sizes = layer.integers(kHints);
    const size_t outputs = layer.tops.size();
    std::vector<Shape> shapes(outputs);
    for (size_t i = 0; i < outputs; i++) {
        for (const size_t step : {size_t(4), size_t(5)}) {
            if (sizes.size() == step * outputs) shapes[i] = fromHint(&sizes[i * step], step);
        }
        const bool listed = sizes.size() == 4 * outputs || sizes.size() == 5 * outputs;
        if (!listed && layer.type == "Input") shapes[i] = inputShapeOf(layer);
    }
    return shapes;
}

} // namespace twinfer
