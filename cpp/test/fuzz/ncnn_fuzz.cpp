// A .param, as text or binary, with a .bin that is told rather than kept, so that small inputs have large
// ones. An input is
//   [the .param] [words] [the .bin's size, 3 bytes] [how many words, 1 byte]
// in little endian. The .bin is the words over and over; without words there is none.
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

using namespace twinfer;

namespace {

// Little endian, as the machines are that this runs on.
struct ToldWeights {
    std::string_view words;
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

struct Input {
    std::string_view param;
    std::optional<ToldWeights> weights;

    explicit Input(std::string_view all) {
        constexpr size_t kTail = 4;
        param = all;
        if (all.size() < kTail) return;
        uint32_t tail;
        std::memcpy(&tail, all.data() + all.size() - kTail, kTail);
        all.remove_suffix(kTail);
        const size_t bytes = std::min<size_t>(4 * (tail >> 24), all.size());
        param = all.substr(0, all.size() - bytes);
        if (bytes > 0) weights = {all.substr(param.size()), int64_t(tail & 0xffffff)};
    }
};

// Of the sizes that a caller's arrays can have: as the Inputs note, or those of a small picture.
std::map<int, BlobShape> shapesOfInputs(const ParamFile& file, bool withoutItems) {
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
void openAndRun(const Input& input) {
    ThrowingFindings findings;
    const ParamFile file = parseParam(input.param, findings);
    checkGraph(file, findings);
    checkParameters(file);
    if (input.weights) {
        const auto readAt = [&](uint64_t offset, void* into, size_t bytes) {
            if (offset + bytes > uint64_t(input.weights->size)) __builtin_trap(); // as walkWeights promises
            input.weights->read(int64_t(offset), into, bytes);
            return true;
        };
        walkWeights(file, readAt, uint64_t(input.weights->size));
    }
    const Inference whole = inferShapes(file, shapesOfInputs(file, false));
    const Inference items = inferShapes(file, shapesOfInputs(file, true));
    sameResults(file, {whole, 1}, {items, 3});
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const Input input({reinterpret_cast<const char*>(data), size});
    std::optional<WeightSource> weights;
    if (input.weights)
        weights = {input.weights->size, [&](int64_t offset) { return input.weights->wordAt(offset); }};
    reportNcnn(input.param, weights, true);
    try {
        openAndRun(input);
    } catch (const Error&) {
        // It is refused.
    }
    return 0;
}
