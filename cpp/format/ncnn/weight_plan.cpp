#include "weight_plan.h"

#include <algorithm>
#include <utility>

#include "kernel.h"
#include "layer_types.h"
#include "product.h"

namespace twinfer {

namespace {

using Kind = WeightBlock::Kind;

// Collects the blocks of one layer. Sources: each layer's load_model in ncnn 20261020.
class Plan {
  public:
    explicit Plan(const ParamLayer& layer) : layer_(layer) {}

    int64_t at(int id, int64_t otherwise = 0) const {
        return layer_.integer(id, static_cast<int>(otherwise));
    }
    const ParamLayer& layer() const { return layer_; }

    void tagged(int64_t count, int64_t channels = 1, bool mayBeInt8 = false,
                WeightRole role = WeightRole::weight) {
        add({Kind::tagged, 0, role, 1, mayBeInt8}, count, channels);
    }
    void raw(int64_t count, WeightRole role) { add({Kind::raw, 0, role}, count, 1); }
    void packed(int64_t bytes, int bits) {
        add({Kind::wholeBytes, 0, WeightRole::weight, 1, false, bits}, bytes, 1);
    }

    std::vector<WeightBlock> take() { return std::move(blocks_); }

  private:
    void add(WeightBlock block, int64_t count, int64_t channels) {
        block.count = static_cast<uint64_t>(std::clamp<int64_t>(count, 0, kMostCount));
        // Whole channels only: what does not divide has one.
        if (channels > 0 && block.count % channels == 0) block.channels = static_cast<uint64_t>(channels);
        blocks_.push_back(block);
    }

    const ParamLayer& layer_;
    std::vector<WeightBlock> blocks_;
};

constexpr WeightRole kBias = WeightRole::bias;
constexpr WeightRole kScale = WeightRole::scale;
constexpr WeightRole kData = WeightRole::data;

// quantize_term 400 … 812: bits x 100, + 10 with scales of the input, + the size of a block.
struct BlockQuant {
    int bits = 0;
    int64_t size = 0;
    bool inputScales = false;

    explicit BlockQuant(int64_t term) {
        const int64_t format = term % 100 / 10;
        const int64_t code = term % 10;
        const bool known = term / 100 == 4 || term / 100 == 6 || term / 100 == 8;
        if (!known || format > 1 || code > 2) return;
        bits = static_cast<int>(term / 100);
        size = int64_t(32) << code;
        inputScales = format == 1;
    }
    int64_t packed(int64_t k) const { return (k * bits + 7) / 8; }
    int64_t blocks(int64_t k) const { return (k + size - 1) / size; }
};

void convolution(Plan& plan) {
    const Kernel kernel = Kernel::of(plan.layer());
    if (kernel.dynamic) return;
    const bool scaled = !kernel.transposed && kernel.axes == 2 && plan.layer().type != "DeformableConv2D";
    const int64_t term = scaled ? plan.at(8) : 0;
    plan.tagged(kernel.weights, kernel.outputs, term != 0);
    if (plan.at(5) != 0) plan.raw(kernel.outputs, kBias);
    if (term == 0) return;
    plan.raw(!kernel.depthwise ? kernel.outputs : term == 1 || term == 101 ? kernel.group : 1, kScale);
    plan.raw(1, kScale);
    if (term > 100) plan.raw(1, kScale);
}

void innerProduct(Plan& plan) {
    const int64_t outputs = plan.at(0);
    plan.tagged(plan.at(2), outputs, plan.at(8) != 0);
    if (plan.at(1) != 0) plan.raw(outputs, kBias);
    if (plan.at(8) == 0) return;
    plan.raw(outputs, kScale);
    plan.raw(1, kScale);
}

void embed(Plan& plan) {
    plan.tagged(plan.at(3), plan.at(1), plan.at(18) != 0);
    if (plan.at(2) != 0) plan.raw(plan.at(0), kBias);
    if (plan.at(18) != 0) plan.raw(1, kScale);
}

void scale(Plan& plan) {
    if (plan.at(0) == -233) return; // it comes from a blob
    plan.raw(plan.at(0), kScale);
    if (plan.at(1) != 0) plan.raw(plan.at(0), kBias);
}

void padding(Plan& plan) {
    if (plan.at(6) != 0) plan.raw(plan.at(6), kData);
}

void groupNorm(Plan& plan) {
    if (plan.at(3, 1) == 0) return;
    plan.raw(plan.at(1), kScale);
    plan.raw(plan.at(1), kBias);
}

void gammaOnly(Plan& plan) {
    if (plan.at(2, 1) != 0) plan.raw(plan.at(0), kScale);
}

void gammaAndBeta(Plan& plan) {
    gammaOnly(plan);
    if (plan.at(2, 1) != 0) plan.raw(plan.at(0), kBias);
}

// Slope, mean, variance and bias.
void batchNorm(Plan& plan) {
    for (const WeightRole role : {kScale, kData, kData, kBias}) plan.raw(plan.at(0), role);
}
void bias(Plan& plan) {
    plan.raw(plan.at(0), kBias);
}
// All zero is a plain ReLU.
void prelu(Plan& plan) {
    plan.raw(plan.at(0), kData);
}
void normalize(Plan& plan) {
    plan.raw(plan.at(3), kScale);
}
void quantize(Plan& plan) {
    plan.raw(plan.at(0, 1), kScale);
}

void dequantize(Plan& plan) {
    plan.raw(plan.at(0, 1), kScale);
    if (plan.at(1) != 0) plan.raw(plan.at(1), kBias);
}

void requantize(Plan& plan) {
    plan.raw(plan.at(0, 1), kScale);
    plan.raw(plan.at(1, 1), kScale);
    if (plan.at(2) != 0) plan.raw(plan.at(2), kBias);
}

void recurrent(Plan& plan, int64_t hidden, int64_t gates, int64_t biases) {
    const int64_t directions = plan.at(2) == 2 ? 2 : 1;
    const int64_t outputs = plan.at(0);
    const int64_t rows = product({hidden, gates, directions});
    const bool int8 = plan.at(8) != 0;
    plan.tagged(plan.at(1), rows, int8);
    plan.tagged(product({hidden, biases, directions}), 1, false, kBias);
    plan.tagged(product({outputs, rows}), rows, int8);
    if (outputs != hidden)
        plan.tagged(product({hidden, outputs, directions}), product({outputs, directions}));
    if (!int8) return;
    plan.raw(rows, kScale);
    plan.raw(rows, kScale);
}

void lstm(Plan& plan) {
    recurrent(plan, plan.at(3, plan.at(0)), 4, 4);
}
void gru(Plan& plan) {
    recurrent(plan, plan.at(0), 3, 4);
}
void rnn(Plan& plan) {
    recurrent(plan, plan.at(0), 1, 1);
}

// In order: query, key, value and output projection, each with its biases.
void attention(Plan& plan) {
    const int64_t embed = plan.at(0);
    const int64_t query = embed > 0 ? plan.at(2) / embed : 0;
    const int64_t inner[] = {query, plan.at(3, embed), plan.at(4, embed), embed};
    const int64_t outer[] = {embed, embed, embed, query};
    const BlockQuant quant(plan.at(18));
    const bool int8 = plan.at(18) != 0 && quant.bits == 0;
    for (int i = 0; i < 4; i++) {
        if (quant.bits != 0) {
            plan.packed(product({quant.packed(inner[i]), outer[i]}), quant.bits);
        } else {
            plan.tagged(product({inner[i], outer[i]}), outer[i], int8);
        }
        plan.raw(outer[i], kBias);
    }
    if (quant.bits != 0) {
        for (int i = 0; i < 4; i++) plan.raw(product({quant.blocks(inner[i]), outer[i]}), kScale);
        for (int i = 0; quant.inputScales && i < 4; i++) plan.raw(inner[i], kScale);
    } else if (int8) {
        for (const int64_t size : {embed, embed, embed, int64_t(1)}) plan.raw(size, kScale);
    }
}

void gemm(Plan& plan) {
    const int64_t m = plan.at(7), n = plan.at(8), k = plan.at(9);
    const BlockQuant quant(plan.at(18));
    const bool int8 = plan.at(18) != 0 && quant.bits == 0;
    if (plan.at(4) == 1) plan.tagged(product({k, m}), m, int8);
    if (plan.at(5) == 1) {
        if (quant.bits != 0) {
            plan.packed(product({quant.packed(k), n}), quant.bits);
        } else {
            plan.tagged(product({k, n}), n, int8);
        }
    }
    const int64_t sizes[] = {1, m, m, product({n, m}), n};
    const int64_t kind = plan.at(10);
    if (plan.at(6) == 1 && kind >= 0 && kind <= 4) plan.tagged(sizes[kind], 1, false, kBias);
    if (quant.bits != 0) {
        plan.raw(product({quant.blocks(k), n}), kScale);
        if (quant.inputScales) plan.raw(k, kScale);
    } else if (int8) {
        if (plan.at(4) == 1) plan.raw(m, kScale);
        if (plan.at(5) == 1) plan.raw(1, kScale);
    }
}

void memoryData(Plan& plan) {
    const int64_t w = plan.at(0), h = plan.at(1), d = plan.at(11), c = plan.at(2);
    const int64_t count = d != 0   ? product({w, h, d, c})
                          : c != 0 ? product({w, h, c})
                          : h != 0 ? product({w, h})
                                   : w;
    if (count <= 0) return;
    if (plan.at(21, 1) == 0) return plan.tagged(count, 1, false, kData);
    plan.raw(count, kData);
}

struct Row {
    const char* type;
    void (*collect)(Plan&);
};

constexpr Row kRows[] = {
    {"InnerProduct", innerProduct},
    {"Embed", embed},
    {"BatchNorm", batchNorm},
    {"Bias", bias},
    {"PReLU", prelu},
    {"Scale", scale},
    {"Normalize", normalize},
    {"Padding", padding},
    {"LayerNorm", gammaAndBeta},
    {"InstanceNorm", gammaAndBeta},
    {"RMSNorm", gammaOnly},
    {"GroupNorm", groupNorm},
    {"Quantize", quantize},
    {"Dequantize", dequantize},
    {"Requantize", requantize},
    {"LSTM", lstm},
    {"GRU", gru},
    {"RNN", rnn},
    {"MultiHeadAttention", attention},
    {"Gemm", gemm},
    {"MemoryData", memoryData},
};

} // namespace

std::optional<std::vector<WeightBlock>> weightsOf(const ParamLayer& layer) {
    if (!isLayerType(layer.type)) return std::nullopt;
    Plan plan(layer);
    if (Kernel::isKernel(layer.type)) {
        convolution(plan);
        return plan.take();
    }
    for (const Row& row : kRows) {
        if (layer.type != row.type) continue;
        row.collect(plan);
        return plan.take();
    }
    return std::vector<WeightBlock>();
}

} // namespace twinfer
