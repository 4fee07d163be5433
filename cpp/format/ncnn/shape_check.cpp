#include "shape_check.h"

#include <algorithm>
#include <iterator>
#include <optional>
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

// What a rule says of bottoms that all have this shape.
std::optional<Error> complaintAbout(const ParamFile& file, const ParamLayer& layer,
                                    void (*rule)(ShapeContext&), const BlobShape& shape, bool& ofRank) {
    ShapeContext context(file, layer, std::vector<BlobShape>(layer.bottoms.size(), shape));
    try {
        rule(context);
    } catch (const Error& error) {
        ofRank = context.wantsOtherRank();
        return error;
    }
    return std::nullopt;
}

} // namespace

void checkParameters(const ParamFile& file) {
    constexpr int64_t kAnySize = 64;
    const BlobShape ranks[] = {BlobShape::of1(kAnySize), BlobShape::of2(kAnySize, kAnySize),
                               BlobShape::of3(kAnySize, kAnySize, kAnySize),
                               BlobShape::of4(kAnySize, kAnySize, kAnySize, kAnySize)};
    for (const ParamLayer& layer : file.layers) {
        const auto rule = rules().find(layer.type);
        if (layer.bottoms.empty() || rule == rules().end()) continue;
        std::optional<Error> invalid;
        const bool noneFits = std::all_of(std::begin(ranks), std::end(ranks), [&](const BlobShape& shape) {
            bool ofRank = false;
            const std::optional<Error> complaint = complaintAbout(file, layer, rule->second, shape, ofRank);
            if (!complaint) return false;
            const bool always = complaint->code() == "TWINFER_MODEL_INVALID";
            if (always && !invalid) invalid = complaint;
            return always || ofRank; // another complaint is about the size, and another size may do
        });
        if (noneFits && invalid) throw *invalid;
    }
}

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
            if (context.doubted()) inference.doubts++;
            if (context.wantsOtherRank()) inference.ofRank.insert(static_cast<int>(index));
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
