#include "index_blobs.h"

#include <set>
#include <string>

namespace twinfer {

namespace {

bool movesElements(const std::string& type) {
    static const std::set<std::string> types = {"Split",      "Noop",    "Reshape", "Flatten", "Squeeze",
                                                "ExpandDims", "Permute", "Crop",    "Slice",   "Concat",
                                                "Tile",       "Flip",    "Padding", "DeepCopy"};
    return types.count(type) != 0;
}

// The further bottoms of these give sizes only.
bool readsOneBottom(const std::string& type) {
    return type == "Reshape" || type == "Crop";
}

} // namespace

std::vector<bool> indexBlobs(const ParamFile& param) {
    std::vector<bool> indices(param.blobs.size(), false);
    // A layer comes behind those that feed it.
    for (auto layer = param.layers.rbegin(); layer != param.layers.rend(); ++layer) {
        bool passes = layer->type == "Embed";
        if (!passes && movesElements(layer->type)) {
            for (const int top : layer->tops) passes = passes || indices[size_t(top)];
        }
        if (!passes) continue;
        const size_t count = readsOneBottom(layer->type) ? 1 : layer->bottoms.size();
        for (size_t i = 0; i < count && i < layer->bottoms.size(); i++)
            indices[size_t(layer->bottoms[i])] = true;
    }
    // And on, to what else those blobs become.
    for (const ParamLayer& layer : param.layers) {
        if (!movesElements(layer.type) || layer.bottoms.empty() || !indices[size_t(layer.bottoms[0])])
            continue;
        for (const int top : layer.tops) indices[size_t(top)] = true;
    }
    return indices;
}

} // namespace twinfer
