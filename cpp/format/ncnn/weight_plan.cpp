#include "weight_plan.h"

#include "kernel.h"
#include "layer_types.h"

namespace twinfer {

namespace {

using Kind = WeightBlock::Kind;

// Collects the blocks of one layer. Sources: each layer's load_model in ncnn 20261020.
class Plan {
  public:
    explicit Plan(const ParamLayer& layer) : layer_(layer) {}

    int at(int id, int otherwise = 0) const { return layer_.integer(id, otherwise); }
    const ParamLayer& layer() const { return layer_; }

    void tagged(int64_t count, bool mayBeInt8 = false) { add(Kind::tagged, count, mayBeInt8); }
    void raw(int64_t count, int64_t times = 1) {
        for (int64_t i = 0; i < times; i++) add(Kind::raw, count, false);
    }
    void bytes(int64_t count) { add(Kind::wholeBytes, count, false); }

    std::vector<WeightBlock> take() { return std::move(blocks_); }

  private:
    void add(Kind kind, int64_t count, bool mayBeInt8) {
        blocks_.push_back({kind, count > 0 ? static_cast<uint64_t>(count) : 0, mayBeInt8});
    }

    const ParamLayer& layer_;
    std::vector<WeightBlock> blocks_;
};

// quantize_term 400 … 812: bits x 100, + 10 with scales of the input, + the size of a block.
struct BlockQuant {
    int bits = 0;
    int64_t size = 0;
    bool inputScales = false;

    explicit BlockQuant(int term) {
        const int format = term % 100 / 10;
        const int code = term % 10;
        const bool known = term / 100 == 4 || term / 100 == 6 || term / 100 == 8;
        if (!known || format > 1 || code > 2) return;
        bits = term / 100;
        size = 32 << code;
        inputScales = format == 1;
    }
    int64_t packed(int64_t k) const { return (k * bits + 7) / 8; }
    int64_t blocks(int64_t k) const { return (k + size - 1) / size; }
};

void convolution(Plan& plan) {
    const Kernel kernel = Kernel::of(plan.layer());
    if (kernel.dynamic) return;
    const bool scaled = !kernel.transposed && kernel.axes == 2 && plan.layer().type != "DeformableConv2D";
    const int term = scaled ? plan.at(8) : 0;
    plan.tagged(kernel.weights, term != 0);
    if (plan.at(5) != 0) plan.raw(kernel.outputs);
    if (term == 0) return;
    plan.raw(!kernel.depthwise ? kernel.outputs : term == 1 || term == 101 ? kernel.group : 1);
    plan.raw(1);
    if (term > 100) plan.raw(1);
}

void innerProduct(Plan& plan) {
    plan.tagged(plan.at(2), plan.at(8) != 0);
    if (plan.at(1) != 0) plan.raw(plan.at(0));
    if (plan.at(8) == 0) return;
    plan.raw(plan.at(0));
    plan.raw(1);
}

void embed(Plan& plan) {
    plan.tagged(plan.at(3), plan.at(18) != 0);
    if (plan.at(2) != 0) plan.raw(plan.at(0));
    if (plan.at(18) != 0) plan.raw(1);
}

void scale(Plan& plan) {
    if (plan.at(0) != -233) plan.raw(plan.at(0), plan.at(1) != 0 ? 2 : 1);
}

void padding(Plan& plan) {
    if (plan.at(6) != 0) plan.raw(plan.at(6));
}

void groupNorm(Plan& plan) {
    if (plan.at(3, 1) != 0) plan.raw(plan.at(1), 2);
}

void gammaAndBeta(Plan& plan) {
    if (plan.at(2, 1) != 0) plan.raw(plan.at(0), 2);
}

void gammaOnly(Plan& plan) {
    if (plan.at(2, 1) != 0) plan.raw(plan.at(0));
}

void batchNorm(Plan& plan) {
    plan.raw(plan.at(0), 4);
}
void first(Plan& plan) {
    plan.raw(plan.at(0));
}
void normalize(Plan& plan) {
    plan.raw(plan.at(3));
}
void quantize(Plan& plan) {
    plan.raw(plan.at(0, 1));
}

void dequantize(Plan& plan) {
    plan.raw(plan.at(0, 1));
    if (plan.at(1) != 0) plan.raw(plan.at(1));
}

void requantize(Plan& plan) {
    plan.raw(plan.at(0, 1));
    plan.raw(plan.at(1, 1));
    if (plan.at(2) != 0) plan.raw(plan.at(2));
}

void recurrent(Plan& plan, int64_t hidden, int64_t gates, int64_t biases) {
    const int64_t directions = plan.at(2) == 2 ? 2 : 1;
    const int64_t outputs = plan.at(0);
    const bool int8 = plan.at(8) != 0;
    plan.tagged(plan.at(1), int8);
    plan.tagged(hidden * biases * directions);
    plan.tagged(outputs * hidden * gates * directions, int8);
    if (outputs != hidden) plan.tagged(hidden * outputs * directions);
    if (int8) plan.raw(hidden * gates * directions, 2);
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

void attention(Plan& plan) {
    const int64_t embed = plan.at(0);
    const int64_t query = plan.at(2) / embed;
    const int64_t inner[] = {query, plan.at(3, plan.at(0)), plan.at(4, plan.at(0)), embed};
    const int64_t outer[] = {embed, embed, embed, query};
    const BlockQuant quant(plan.at(18));
    for (int i = 0; i < 4; i++) {
        if (quant.bits != 0) {
            plan.bytes(quant.packed(inner[i]) * outer[i]);
        } else {
            plan.tagged(inner[i] * outer[i], plan.at(18) != 0);
        }
        plan.raw(outer[i]);
    }
    if (quant.bits != 0) {
        for (int i = 0; i < 4; i++) plan.raw(quant.blocks(inner[i]) * outer[i]);
        for (int i = 0; quant.inputScales && i < 4; i++) plan.raw(inner[i]);
    } else if (plan.at(18) != 0) {
        plan.raw(embed, 3);
        plan.raw(1);
    }
}

void gemm(Plan& plan) {
    const int64_t m = plan.at(7), n = plan.at(8), k = plan.at(9);
    const BlockQuant quant(plan.at(18));
    const bool int8 = plan.at(18) != 0 && quant.bits == 0;
    if (plan.at(4) == 1) plan.tagged(k * m, int8);
    if (plan.at(5) == 1) {
        if (quant.bits != 0) {
            plan.bytes(quant.packed(k) * n);
        } else {
            plan.tagged(k * n, int8);
        }
    }
    const int64_t sizes[] = {1, m, m, n * m, n};
    const int kind = plan.at(10);
    if (plan.at(6) == 1 && kind >= 0 && kind <= 4) plan.tagged(sizes[kind]);
    if (quant.bits != 0) {
        plan.raw(quant.blocks(k) * n);
        if (quant.inputScales) plan.raw(k);
    } else if (int8) {
        if (plan.at(4) == 1) plan.raw(m);
        if (plan.at(5) == 1) plan.raw(1);
    }
}

void memoryData(Plan& plan) {
    const int64_t w = plan.at(0), h = plan.at(1), d = plan.at(11), c = plan.at(2);
    const int64_t count = d != 0 ? w * h * d * c : c != 0 ? w * h * c : h != 0 ? w * h : w;
    if (count == 0) return;
    if (plan.at(21, 1) == 0) return plan.tagged(count);
    plan.raw(count);
}

struct Row {
    const char* type;
    void (*collect)(Plan&);
};

constexpr Row kRows[] = {
    {"InnerProduct", innerProduct},
    {"Embed", embed},
    {"BatchNorm", batchNorm},
    {"Bias", first},
    {"PReLU", first},
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
    if (!isLayerType(layer.type)) return std::nullopt;
    return std::vector<WeightBlock>();
}

} // namespace twinfer
