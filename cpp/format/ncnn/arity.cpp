#include "arity.h"

#include <algorithm>
#include <limits>
#include <string>

#include "expression.h"

namespace twinfer {

namespace {

constexpr int kMany = std::numeric_limits<int>::max();

struct Row {
    const char* type;
    Arity arity;
};

// Layers that are not "one blob only" in ncnn and whose arity does not depend on parameters. From
// what their forward() indexes.
constexpr Row kRows[] = {
    {"Input", {0, 1, kMany, false, kMany}},
    {"MemoryData", {0, 1, 1, false, kMany}},
    {"Split", {1, 1, kMany, false, kMany}},
    {"Slice", {1, 1, kMany, false, kMany}},
    {"Concat", {1, 1, 1, false, kMany}},
    {"Eltwise", {2, 1, 1, false, kMany}},
    {"MatMul", {2, 1, 1, false, kMany}},
    {"CopyTo", {2, 1, 1, false, kMany}},
    {"GridSample", {2, 1, 1, false, kMany}},
    {"DeformableConv2D", {2, 1, 1, false, kMany}},
    {"RotaryEmbed", {3, 1, 1, false, kMany}},
    {"ROIPooling", {2, 1, 1, false, kMany}},
    {"ROIAlign", {2, 1, 1, false, kMany}},
    {"PSROIPooling", {2, 1, 1, false, kMany}},
    {"DetectionOutput", {3, 1, 1, false, kMany}},
    {"Proposal", {3, 1, 2, false, kMany}},
    {"Einsum", {1, 1, 1, false, kMany}},
    {"Yolov3DetectionOutput", {1, 1, 1, false, kMany}},
    {"YoloDetectionOutput", {1, 1, kMany, true, kMany}},
    {"Noop", {0, 0, kMany, true, kMany}},
};

int blobsIn(const std::string& expression) {
    return std::max(1, blobsInExpression(expression));
}

int weightedBottoms(const ParamLayer& layer, int dynamicId) {
    if (layer.integer(dynamicId, 0) == 0) return 1;
    return layer.integer(5, 0) != 0 ? 3 : 2;
}

int cropBottoms(const ParamLayer& layer) {
    int most = 1;
    for (const int id : {19, 20, 21}) most = std::max(most, blobsIn(layer.string(id)));
    const bool expressions = !layer.string(19).empty() && !layer.string(20).empty();
    if (expressions || (layer.length(9) > 0 && layer.length(10) > 0)) return most;
    // Without any size it takes the size of a second blob.
    for (const int id : {3, 4, 5, 14, 6, 7, 8, 15}) {
        if (layer.integer(id, 0) != 0) return most;
    }
    return std::max(most, 2);
}

// The size of the image is that of a second blob, except in the style of MXNet.
int priorBottoms(const ParamLayer& layer) {
    const bool w = layer.integer(9, 0) == -233, h = layer.integer(10, 0) == -233;
    return (w && h && layer.length(1) == 0) || (!w && !h) ? 1 : 2;
}

Arity attention(const ParamLayer& layer, int inputs) {
    const bool mask = layer.integer(5, 0) != 0;
    const bool cache = layer.integer(7, 0) != 0;
    return {inputs + (mask ? 1 : 0) + (cache ? 2 : 0), cache ? 3 : 1, cache ? 3 : 1, false, kMany};
}

// Initial states are read when all of them are there; final states are written likewise.
Arity recurrent(const ParamLayer& layer, int states) {
    const bool all = static_cast<int>(layer.tops.size()) == 1 + states;
    return {1, 1, all ? 1 + states : 1, false, kMany};
}

bool startsWith(const std::string& text, const char* prefix) {
    return text.rfind(prefix, 0) == 0;
}

} // namespace

Arity arityOf(const ParamLayer& layer) {
    const std::string& type = layer.type;
    for (const Row& row : kRows) {
        if (type == row.type) return row.arity;
    }
    if (type == "MultiHeadAttention") return attention(layer, 1);
    if (type == "SDPA") return attention(layer, 3);
    if (type == "LSTM") return recurrent(layer, 2);
    if (type == "GRU" || type == "RNN") return recurrent(layer, 1);
    Arity arity;
    bool single = true;
    if (type == "BinaryOp") {
        arity.leastBottoms = layer.integer(1, 0) != 0 ? 1 : 2;
    } else if (type == "Scale") {
        arity.leastBottoms = layer.integer(0, 0) == -233 ? 2 : 1;
    } else if (type == "PriorBox") {
        arity.leastBottoms = priorBottoms(layer);
        single = false;
    } else if (type == "Gemm") {
        const int64_t constants = int64_t(layer.integer(4, 0)) + layer.integer(5, 0) + layer.integer(6, 0);
        arity.leastBottoms = (layer.integer(4, 0) != 1) + (layer.integer(5, 0) != 1);
        single = constants == 2;
    } else if (type == "Crop") {
        arity.leastBottoms = cropBottoms(layer);
    } else if (type == "Interp") {
        arity.leastBottoms = std::max(layer.integer(5, 0) == 1 ? 2 : 1, blobsIn(layer.string(9)));
    } else if (type == "Reshape") {
        arity.leastBottoms = blobsIn(layer.string(6));
    } else if (startsWith(type, "Convolution")) {
        arity.leastBottoms = weightedBottoms(layer, 19);
    } else if (startsWith(type, "Deconvolution")) {
        arity.leastBottoms = weightedBottoms(layer, 28);
    }
    if (!single || arity.leastBottoms > 1) arity.mostBottoms = kMany;
    return arity;
}

} // namespace twinfer
