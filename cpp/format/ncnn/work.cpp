#include "work.h"

#include <algorithm>
#include <initializer_list>

#include "kernel.h"

namespace twinfer {

namespace {

int64_t quotient(int64_t weights, int64_t outputs) {
    return weights > 0 && outputs > 0 ? (weights + outputs - 1) / outputs : 0;
}

bool isOneOf(const std::string& type, std::initializer_list<const char*> types) {
    return std::any_of(types.begin(), types.end(), [&](const char* each) { return type == each; });
}

} // namespace

std::optional<int64_t> dotLengthOf(const ParamLayer& layer) {
    if (Kernel::isKernel(layer.type)) {
        const Kernel kernel = Kernel::of(layer);
        return kernel.dynamic ? 0 : quotient(kernel.weights, kernel.outputs);
    }
    if (layer.type == "InnerProduct") return quotient(layer.integer(2, 0), layer.integer(0, 0));
    if (layer.type == "Gemm") return std::max(0, layer.integer(9, 0));
    if (isOneOf(layer.type, {"LSTM", "GRU", "RNN", "MultiHeadAttention"}))
        return std::max(0, layer.integer(0, 0));
    if (isOneOf(layer.type, {"MatMul", "SDPA", "Einsum"})) return 0;
    return std::nullopt;
}

namespace {

// Of a layer that multiplies and accumulates, whose bottoms and tops are known.
double multiplyAddsOf(const ParamLayer& layer, const BlobShape& bottom, const BlobShape& top) {
    const auto values = [](const BlobShape& shape) { return double(shape.total()); };
    if (Kernel::isKernel(layer.type)) {
        const Kernel kernel = Kernel::of(layer);
        const BlobShape& positions = kernel.transposed ? bottom : top;
        return double(kernel.weights) * values(positions) /
               double(std::max<int64_t>(1, positions.outermost()));
    }
    if (layer.type == "InnerProduct")
        return double(layer.integer(2, 0)) * values(top) / std::max(1, layer.integer(0, 1));
    const double rows = double(bottom.h);
    if (isOneOf(layer.type, {"LSTM", "GRU", "RNN"})) return 2 * double(layer.integer(1, 0)) * rows;
    if (layer.type == "MultiHeadAttention") {
        const double width = layer.integer(0, 0);
        return 4 * rows * width * width + 2 * rows * rows * width;
    }
    if (layer.type == "SDPA") return 2 * values(bottom) * rows;
    return values(top) * double(bottom.w); // Gemm, MatMul, Einsum
}

} // namespace

std::optional<double> multiplyAddsOf(const ParamFile& file, const Inference& inference) {
    double sum = 0;
    for (const ParamLayer& layer : file.layers) {
        if (layer.tops.empty()) continue;
        const BlobShape& top = inference.shapes[size_t(layer.tops[0])];
        const bool multiplies = dotLengthOf(layer).has_value();
        const bool known = top.known() && !layer.bottoms.empty();
        if (!multiplies) {
            if (top.known()) sum += double(top.total());
        } else if (known) {
            sum += multiplyAddsOf(layer, inference.shapes[size_t(layer.bottoms[0])], top);
        } else if (!layer.bottoms.empty()) {
            return std::nullopt;
        }
    }
    return sum;
}

bool isTanhGelu(const ParamLayer& layer) {
    return layer.type == "GELU" && layer.integer(0, 0) == 1;
}

} // namespace twinfer
