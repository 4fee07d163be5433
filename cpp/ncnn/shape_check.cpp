#include "shape_check.h"

#include <algorithm>
#include <unordered_map>

#include "shape/shape_context.h"

namespace twinfer {

namespace {

using Rules = std::unordered_map<std::string, void (*)(ShapeContext&)>;

const Rules& rules() {
    static const Rules all = [] {
        Rules collected;
        for (const auto family : {convolutionRules, poolingRules, elementwiseRules, normalisationRules,
                                  reshapeRules, joinRules, cropRules, resizeRules, matrixRules, sequenceRules,
                                  samplingRules, detectionRules, signalRules}) {
            for (const ShapeRule& rule : family()) collected.emplace(rule.type, rule.infer);
        }
        return collected;
    }();
    return all;
}

} // namespace

Inference inferShapes(const ParamFile& file, const std::map<int, BlobShape>& given) {
    Inference inference;
    inference.shapes.resize(file.blobs.size());
    for (const auto& [blob, shape] : given) inference.shapes[blob] = shape;
    for (size_t index = 0; index < file.layers.size(); index++) {
        const ParamLayer& layer = file.layers[index];
        const auto isGiven = [&](int top) { return given.count(top) != 0; };
        if (layer.type == "Input" || std::all_of(layer.tops.begin(), layer.tops.end(), isGiven)) continue;
        std::vector<BlobShape> bottoms;
        for (const int bottom : layer.bottoms) bottoms.push_back(inference.shapes[bottom]);
        const bool known =
            std::all_of(bottoms.begin(), bottoms.end(), [](const BlobShape& b) { return b.known(); });
        const auto rule = rules().find(layer.type);
        if (!known || rule == rules().end()) continue;
        ShapeContext context(file, layer, std::move(bottoms));
        try {
            rule->second(context);
        } catch (const Error& error) {
            inference.failures.emplace(static_cast<int>(index), error);
            continue;
        }
        if (context.doubted()) inference.doubts++;
        for (size_t i = 0; i < layer.tops.size(); i++) {
            if (!isGiven(layer.tops[i])) inference.shapes[layer.tops[i]] = context.tops()[i];
        }
    }
    return inference;
}

} // namespace twinfer
