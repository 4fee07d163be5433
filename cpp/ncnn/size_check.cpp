#include "size_check.h"

#include <limits>

#include "../error.h"
#include "expression.h"
#include "kernel.h"

namespace twinfer {

namespace {

constexpr int64_t kMost = std::numeric_limits<int32_t>::max();

class SizeCheck {
  public:
    SizeCheck(const ParamFile& file, const ParamLayer& layer) : file_(file), layer_(layer) {}

    int64_t at(int id, int otherwise = 0) const { return layer_.integer(id, otherwise); }
    int length(int id) const { return layer_.length(id); }
    int tops() const { return static_cast<int>(layer_.tops.size()); }
    int bottoms() const { return static_cast<int>(layer_.bottoms.size()); }
    const ParamLayer& layer() const { return layer_; }

    [[noreturn]] void fail(const std::string& expected, const std::string& received) const {
        throw Error("TWINFER_MODEL_INVALID",
                    file_.describe(layer_) + ": expected " + expected + ", received " + received);
    }

    void atLeast(const char* what, int id, int64_t least, int otherwise = 0) const {
        const int64_t value = at(id, otherwise);
        if (value >= least) return;
        fail(std::string(what) + " (" + std::to_string(id) + "=) of " + std::to_string(least) + " or more",
             std::to_string(value));
    }

    void multiple(const char* what, int id, int64_t of, const std::string& formula) const {
        atLeast(what, id, 1);
        if (of > 0 && at(id) % of == 0) return;
        fail(std::string(what) + " (" + std::to_string(id) + "=) to be a multiple of " + formula + " = " +
                 std::to_string(of),
             std::to_string(at(id)));
    }

    void equal(const char* what, int64_t value, int64_t wanted, const std::string& formula) const {
        if (value == wanted) return;
        fail(std::string(what) + " of " + formula + " = " + std::to_string(wanted), std::to_string(value));
    }

    void product(const char* what, int64_t a, int64_t b, int64_t c = 1, int64_t d = 1) const {
        int64_t total = 1;
        for (const int64_t factor : {a, b, c, d}) {
            if (factor < 1 || factor > kMost / total) {
                fail(std::string(what) + " of 1 to 2147483647 elements", std::to_string(a) + " x " +
                                                                             std::to_string(b) + " x " +
                                                                             std::to_string(c) + " x " +
                                                                             std::to_string(d));
            }
            total *= factor;
        }
    }

  private:
    const ParamFile& file_;
    const ParamLayer& layer_;
};

void convolution(const SizeCheck& check) {
    const Kernel kernel = Kernel::of(check.layer());
    for (int axis = 0; axis < kernel.axes; axis++) {
        if (kernel.stride[axis] > 0 && kernel.dilation[axis] > 0) continue;
        check.fail("a stride and a dilation of 1 or more", std::to_string(kernel.stride[axis]) + " and " +
                                                               std::to_string(kernel.dilation[axis]));
    }
    if (kernel.dynamic) return;
    check.atLeast("num_output", 0, 1);
    check.atLeast("kernel width", 1, 1);
    check.product("a kernel", kernel.size[0], kernel.size[1], kernel.size[2]);
    check.multiple("weight_data_size", 6, kernel.outputs * kernel.area(), "num_output x kernel");
    if (!kernel.depthwise) return;
    check.atLeast("group", 7, 1, 1);
    if (kernel.outputs % kernel.group != 0) {
        check.fail("num_output (0=) to be a multiple of group " + std::to_string(kernel.group),
                   std::to_string(kernel.outputs));
    }
}

void pooling(const SizeCheck& check) {
    if (check.at(4) != 0 || check.at(7) != 0) return;
    const int size = static_cast<int>(check.at(1)), stride = static_cast<int>(check.at(2, 1));
    check.atLeast("kernel width", 1, 1);
    check.atLeast("kernel height", 11, 1, size);
    check.atLeast("stride", 2, 1, 1);
    check.atLeast("vertical stride", 12, 1, stride);
    if (check.at(5) < 0 || check.at(5) > 3) check.fail("pad_mode (5=) from 0 to 3", std::to_string(check.at(5)));
}

void innerProduct(const SizeCheck& check) {
    check.atLeast("num_output", 0, 1);
    check.multiple("weight_data_size", 2, check.at(0), "num_output");
}

void embed(const SizeCheck& check) {
    check.atLeast("num_output", 0, 1);
    check.atLeast("input_dim", 1, 1);
    check.product("a table", check.at(0), check.at(1));
    check.equal("weight_data_size (3=)", check.at(3), check.at(0) * check.at(1), "num_output x input_dim");
}

void channels(const SizeCheck& check) { check.atLeast("channels", 0, 1); }
void prelu(const SizeCheck& check) { check.atLeast("num_slope", 0, 1); }
void normalize(const SizeCheck& check) { check.atLeast("scale_data_size", 3, 1); }
void padding(const SizeCheck& check) { check.atLeast("per_channel_pad_data_size", 6, 0); }
void quantize(const SizeCheck& check) { check.atLeast("scale_data_size", 0, 1, 1); }

void scale(const SizeCheck& check) {
    if (check.at(0) != -233) check.atLeast("scale_data_size", 0, 1);
    // ncnn loads no bias in this case and adds it all the same.
    if (check.at(0) == -233 && check.at(1) != 0) check.fail("no bias with the scale from a blob", "bias_term");
}

void affine(const SizeCheck& check) {
    if (check.at(2, 1) != 0) check.atLeast("affine_size", 0, 1);
}

void groupNorm(const SizeCheck& check) {
    check.atLeast("group", 0, 1, 1);
    check.atLeast("channels", 1, check.at(3, 1) != 0 ? 1 : 0);
    if (check.at(1) > 0) check.multiple("channels", 1, check.at(0, 1), "group");
}

void dequantize(const SizeCheck& check) {
    quantize(check);
    check.atLeast("bias_data_size", 1, 0);
}

void requantize(const SizeCheck& check) {
    quantize(check);
    check.atLeast("scale_out_data_size", 1, 1, 1);
    check.atLeast("bias_data_size", 2, 0);
}

void memoryData(const SizeCheck& check) {
    const int64_t w = check.at(0), h = check.at(1), d = check.at(11), c = check.at(2);
    const int64_t type = check.at(21, 1);
    if (type != 0 && type != 1) check.fail("load_type (21=) 0 or 1", std::to_string(type));
    if (d != 0) return check.product("data", w, h, d, c);
    if (c != 0) return check.product("data", w, h, c);
    if (h != 0) return check.product("data", w, h);
    if (w != 0) check.product("data", w, 1);
}

void gemm(const SizeCheck& check) {
    const int64_t m = check.at(7), n = check.at(8), k = check.at(9);
    for (const int id : {4, 5, 6}) {
        // ncnn loads a constant for 1 only, and then uses it for anything but 0.
        const int64_t constant = check.at(id);
        if (constant == 0 || constant == 1) continue;
        check.fail("constantA, constantB and constantC (4=, 5=, 6=) 0 or 1", std::to_string(constant));
    }
    if (check.at(4) == 1) check.product("a constant A (M x K)", m, k);
    if (check.at(5) == 1) check.product("a constant B (K x N)", k, n);
    const int64_t pack = check.at(12);
    if (pack != 0 && pack != 1 && pack != 4 && pack != 8 && pack != 16) {
        check.fail("output_elempack (12=) 0, 1, 4, 8 or 16", std::to_string(pack));
    }
    if (check.at(6) != 1) return;
    const int64_t kind = check.at(10);
    if (kind < -1 || kind > 4) check.fail("broadcast_type_C (10=) from -1 to 4", std::to_string(kind));
    if (kind == 1 || kind == 2) check.product("a constant C (M)", m, 1);
    if (kind == 3) check.product("a constant C (M x N)", m, n);
    if (kind == 4) check.product("a constant C (N)", n, 1);
}

void recurrent(const SizeCheck& check, int gates, bool projected) {
    const int64_t directions = check.at(2) == 2 ? 2 : 1;
    check.atLeast("num_output", 0, 1);
    if (check.at(2) < 0 || check.at(2) > 2) check.fail("direction (2=) 0, 1 or 2", std::to_string(check.at(2)));
    const int64_t hidden = projected ? check.at(3, static_cast<int>(check.at(0))) : check.at(0);
    check.product("hidden weights", hidden, gates, directions, check.at(0));
    check.multiple("weight_data_size", 1, hidden * gates * directions, "hidden size x gates x directions");
}

void lstm(const SizeCheck& check) { recurrent(check, 4, true); }
void gru(const SizeCheck& check) { recurrent(check, 3, false); }
void rnn(const SizeCheck& check) { recurrent(check, 1, false); }

void attention(const SizeCheck& check) {
    check.atLeast("embed_dim", 0, 1);
    check.atLeast("num_heads", 1, 1, 1);
    const int64_t embed = check.at(0);
    if (embed % check.at(1, 1) != 0) {
        check.fail("embed_dim (0=) to be a multiple of num_heads " + std::to_string(check.at(1, 1)),
                   std::to_string(embed));
    }
    check.multiple("weight_data_size", 2, embed, "embed_dim");
    check.product("key weights", embed, check.at(3, static_cast<int>(embed)));
    check.product("value weights", embed, check.at(4, static_cast<int>(embed)));
}

void eltwise(const SizeCheck& check) {
    if (check.length(1) == 0 || check.length(1) >= check.bottoms()) return;
    check.fail(std::to_string(check.bottoms()) + " coefficients (1=), one for each bottom",
               std::to_string(check.length(1)));
}

void slice(const SizeCheck& check) {
    const bool enough = check.length(2) > 0 ? check.length(2) >= check.tops() - 1 : check.length(0) >= check.tops();
    if (enough) return;
    check.fail("slices (0=) for " + std::to_string(check.tops()) + " tops",
               std::to_string(check.length(0)));
}

void expressions(const SizeCheck& check, std::initializer_list<int> ids) {
    for (const int id : ids) {
        const std::string text = check.layer().string(id);
        const std::string problem = text.empty() ? "" : problemOfExpression(text);
        if (!problem.empty()) {
            check.fail("a size expression in prefix notation (" + std::to_string(id) + "=" + text + ")", problem);
        }
    }
}

void reshape(const SizeCheck& check) { expressions(check, {6}); }
void crop(const SizeCheck& check) { expressions(check, {19, 20, 21}); }
void interp(const SizeCheck& check) { expressions(check, {9}); }

struct Row {
    const char* type;
    void (*check)(const SizeCheck&);
};

constexpr Row kRows[] = {
    {"InnerProduct", innerProduct}, {"Embed", embed},           {"BatchNorm", channels},
    {"Bias", channels},             {"PReLU", prelu},           {"Scale", scale},
    {"Normalize", normalize},       {"Padding", padding},       {"LayerNorm", affine},
    {"RMSNorm", affine},            {"InstanceNorm", affine},   {"GroupNorm", groupNorm},
    {"Quantize", quantize},         {"Dequantize", dequantize}, {"Requantize", requantize},
    {"MemoryData", memoryData},     {"Gemm", gemm},             {"LSTM", lstm},
    {"GRU", gru},                   {"RNN", rnn},               {"MultiHeadAttention", attention},
    {"Eltwise", eltwise},           {"Slice", slice},           {"Reshape", reshape},
    {"Crop", crop},                 {"Interp", interp},         {"Pooling", pooling},
    {"Pooling1D", pooling},         {"Pooling3D", pooling},
};

} // namespace

void checkSizes(const ParamFile& file, const ParamLayer& layer) {
    const SizeCheck check(file, layer);
    if (Kernel::isKernel(layer.type)) return convolution(check);
    for (const Row& row : kRows) {
        if (layer.type == row.type) return row.check(check);
    }
}

} // namespace twinfer
