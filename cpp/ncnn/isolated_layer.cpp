#include "isolated_layer.h"

#include <algorithm>

#include "../error.h"
#include "borrowed_mat.h"
#include "extraction.h"
#include "mat_output.h"

namespace twinfer {

namespace {

void checkBottom(const std::string& blob, const InputView& bottom) {
    const bool fits = !bottom.shape.empty() && bottom.shape.size() <= 4 && elementsOf(bottom.shape) > 0 &&
                      bytesOf(bottom.dtype) == 4 && size_t(elementsOf(bottom.shape)) * 4 == bottom.bytes;
    if (fits) return;
    throw Error("TWINFER_INVALID_ARGUMENT", "blob '" + blob +
                                                "': expected 32-bit elements in 1 to 4 dimensions, " +
                                                "received " + std::to_string(bottom.bytes) + " bytes as " +
                                                nameOf(bottom.dtype) + toString(bottom.shape));
}

} // namespace

std::vector<OutputTensor> runLayer(std::shared_ptr<const Network> network, int layer,
                                   const std::vector<InputView>& bottoms) {
    const ParamFile& param = network->param();
    if (layer < 0 || size_t(layer) >= param.layers.size() ||
        param.layers[layer].bottoms.size() != bottoms.size()) {
        throw Error("TWINFER_INVALID_ARGUMENT",
                    "expected a layer from 0 to " + std::to_string(param.layers.size() - 1) +
                        " with all of its bottoms, received layer " + std::to_string(layer) + " with " +
                        std::to_string(bottoms.size()));
    }
    const ParamLayer& ran = param.layers[layer];
    Extraction extraction(network);
    std::vector<OutputTensor> tops;
    // Made of nothing that a detector found, it is nothing; ncnn's layers do not look.
    if (std::any_of(bottoms.begin(), bottoms.end(),
                    [](const InputView& bottom) { return bottom.bytes == 0; })) {
        for (const int top : ran.tops) tops.push_back(toOutput({}, network, nullptr, extraction.facts(top)));
        return tops;
    }
    for (size_t i = 0; i < bottoms.size(); i++) {
        checkBottom(param.blobs[ran.bottoms[i]], bottoms[i]);
        // A copy: layers that work in place would write into the caller's array.
        extraction.input(ran.bottoms[i], copyMat(bottoms[i], bottoms[i].shape, nullptr));
    }
    for (const int top : ran.tops)
        tops.push_back(toOutput(extraction.extract(top, false), network, nullptr, extraction.facts(top)));
    return tops;
}

} // namespace twinfer
