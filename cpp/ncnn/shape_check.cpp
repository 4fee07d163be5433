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
        for (const auto family :
             {convolutionRules, poolingRules, elementwiseRules, normalisationRules, reshapeRules, joinRules,
              cropRules, resizeRules, matrixRules, sequenceRules}) {
            for (const ShapeRule& rule : family()) collected.emplace(rule.type, rule.infer);
        }
        return collected;
    }();
    return all;
}

} // namespace

std::vector<BlobShape> inferShapes(const ParamFile& file, const std::map<std::string, Shape>& inputs) {
    std::vector<BlobShape> shapes(file.blobs.size());
    for (const ParamLayer& layer : file.layers) {
        if (layer.type == "Input") {
            for (const int top : layer.tops) {
                const auto given = inputs.find(file.blobs[top]);
                if (given != inputs.end()) shapes[top] = BlobShape::from(given->second);
            }
            continue;
        }
        std::vector<BlobShape> bottoms;
        for (const int bottom : layer.bottoms) bottoms.push_back(shapes[bottom]);
        const bool known =
            std::all_of(bottoms.begin(), bottoms.end(), [](const BlobShape& b) { return b.known(); });
        const auto rule = rules().find(layer.type);
        if (!known || rule == rules().end()) continue;
        ShapeContext context(file, layer, std::move(bottoms));
        rule->second(context);
        for (size_t i = 0; i < layer.tops.size(); i++) shapes[layer.tops[i]] = context.tops()[i];
    }
    return shapes;
}

void checkShapes(const ParamFile& file, const std::map<std::string, Shape>& inputs) {
    inferShapes(file, inputs);
}

} // namespace twinfer
