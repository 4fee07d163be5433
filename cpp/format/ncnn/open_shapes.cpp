#include "open_shapes.h"

#include <algorithm>
#include <numeric>

#include "shape_check.h"

namespace twinfer {

OpenShapes::OpenShapes(const ParamFile& file, std::map<int, BlobShape> given, const std::vector<int>& wanted)
    : file_(file), given_(std::move(given)), needed_(file.layers.size(), false),
      consumed_(file.blobs.size(), false) {
    const std::set<int> ends(wanted.begin(), wanted.end());
    for (size_t i = file.layers.size(); i-- > 0;) {
        const ParamLayer& layer = file.layers[i];
        const auto leads = [&](int top) { return consumed_[size_t(top)] || ends.count(top) != 0; };
        if (std::none_of(layer.tops.begin(), layer.tops.end(), leads)) continue;
        needed_[i] = true;
        for (const int bottom : layer.bottoms) consumed_[size_t(bottom)] = true;
    }
}

std::optional<int> OpenShapes::next() {
    const Inference inference = inferShapes(file_, given_);
    for (const auto& [index, failure] : inference.failures)
        if (needed_[size_t(index)] && !asked_.empty()) throw failure;
    for (size_t i = 0; i < file_.layers.size(); i++) {
        const ParamLayer& layer = file_.layers[i];
        const auto isKnown = [&](int blob) { return inference.shapes[size_t(blob)].known(); };
        if (!needed_[i] || layer.type == "Input" || inference.failures.count(static_cast<int>(i)) != 0 ||
            !std::all_of(layer.bottoms.begin(), layer.bottoms.end(), isKnown))
            continue;
        for (const int top : layer.tops) {
            if (isKnown(top) || !consumed_[size_t(top)] || !asked_.insert(top).second) continue;
            return top;
        }
    }
    return std::nullopt;
}

void OpenShapes::settle(int blob, const BlobShape& shape) {
    if (shape.known()) given_[blob] = shape;
}

bool hasOpenShapes(const ParamFile& file, const std::map<int, BlobShape>& given) {
    std::vector<int> all(file.blobs.size());
    std::iota(all.begin(), all.end(), 0);
    return OpenShapes(file, given, all).next().has_value();
}

} // namespace twinfer
