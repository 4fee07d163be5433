#pragma once

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <string_view>

#include "error.h"
#include "format/ncnn/graph_check.h"
#include "format/ncnn/reading_difference.h"
#include "format/ncnn/report.h"
#include "format/ncnn/shape_hints.h"
#include "format/ncnn/weight_walk.h"

namespace twinfer {

// A .bin that is told rather than kept, so that small inputs have large ones: some bytes over and over.
struct ToldWeights {
    std::string_view words; // not empty
    int64_t size = 0;

    char byteAt(int64_t offset) const { return words[static_cast<size_t>(offset) % words.size()]; }

    std::optional<uint32_t> wordAt(int64_t offset) const {
        uint32_t word;
        if (offset < 0 || offset > size - int64_t(sizeof word)) return std::nullopt;
        read(offset, &word, sizeof word);
        return word;
    }

    void read(int64_t offset, void* into, size_t bytes) const {
        for (size_t i = 0; i < bytes; i++) static_cast<char*>(into)[i] = byteAt(offset + int64_t(i));
    }
};

// Of the sizes that a caller's arrays can have: as the Inputs note, or those of a small picture.
inline std::map<int, BlobShape> shapesOfInputs(const ParamFile& file, bool withoutItems) {
    std::map<int, BlobShape> given;
    for (const ParamLayer& layer : file.layers) {
        if (layer.type != "Input" || layer.tops.empty()) continue;
        Shape shape = inputShapeOf(layer);
        if (shape.empty()) shape = {3, 17, 19};
        for (auto& size : shape) size = std::clamp<int64_t>(size, 1, 4096);
        if (withoutItems && shape.size() > 1) shape.erase(shape.begin());
        given[layer.tops[0]] = BlobShape::from(shape);
    }
    return given;
}

// What open() and run() ask of what they take.
inline void openAndRun(std::string_view param, const std::optional<ToldWeights>& weights) {
    ThrowingFindings findings;
    const ParamFile file = parseParam(param, findings);
    checkGraph(file, findings);
    checkParameters(file);
    if (weights) {
        const auto readAt = [&](uint64_t offset, void* into, size_t bytes) {
            if (offset + bytes > uint64_t(weights->size)) __builtin_trap(); // as walkWeights promises
            weights->read(int64_t(offset), into, bytes);
            return true;
        };
        walkWeights(file, readAt, uint64_t(weights->size));
    }
    const Inference whole = inferShapes(file, shapesOfInputs(file, false));
    const Inference items = inferShapes(file, shapesOfInputs(file, true));
    sameResults(file, {whole, 1}, {items, 3});
}

// What check(), open() and run() do with a .param and a .bin.
inline void readNcnn(std::string_view param, const std::optional<ToldWeights>& weights) {
    std::optional<WeightSource> source;
    if (weights) source = {weights->size, [&](int64_t offset) { return weights->wordAt(offset); }};
    reportNcnn(param, source, true);
    try {
        openAndRun(param, weights);
    } catch (const Error&) {
        // It is refused.
    }
}

} // namespace twinfer
