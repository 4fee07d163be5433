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

bool isTanhGelu(const ParamLayer& layer) {
    return layer.type == "GELU" && layer.integer(0, 0) == 1;
}

} // namespace twinfer
