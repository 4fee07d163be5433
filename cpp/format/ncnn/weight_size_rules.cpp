#include "kernel.h"
#include "size_checker.h"

namespace twinfer {

namespace {

void convolution(const SizeChecker& check) {
    const Kernel kernel = Kernel::of(check.layer());
    for (int axis = 0; axis < kernel.axes; axis++) {
        if (kernel.stride[axis] > 0 && kernel.dilation[axis] > 0) continue;
        check.fail("a stride and a dilation of 1 or more",
                   std::to_string(kernel.stride[axis]) + " and " + std::to_string(kernel.dilation[axis]));
        break;
    }
    if (kernel.dynamic) return;
    const bool outputs = check.atLeast("num_output", 0, 1);
    const bool window = check.atLeast("kernel width", 1, 1) &&
                        check.product("a kernel", kernel.size[0], kernel.size[1], kernel.size[2]);
    if (outputs && window)
        check.multiple("weight_data_size", 6, kernel.outputs * kernel.area(), "num_output x kernel");
    if (!kernel.depthwise) return;
    if (check.atLeast("group", 7, 1, 1) && kernel.outputs % kernel.group != 0) {
        check.fail("num_output (0=) to be a multiple of group " + std::to_string(kernel.group),
                   std::to_string(kernel.outputs));
    }
}

void innerProduct(const SizeChecker& check) {
    if (check.atLeast("num_output", 0, 1)) check.multiple("weight_data_size", 2, check.at(0), "num_output");
}

void embed(const SizeChecker& check) {
    const bool outputs = check.atLeast("num_output", 0, 1);
    if (!check.atLeast("input_dim", 1, 1) || !outputs) return;
    if (!check.product("a table", check.at(0), check.at(1))) return;
    const int64_t wanted = check.at(0) * check.at(1);
    if (check.at(3) == wanted) return;
    check.fail("weight_data_size (3=) of num_output x input_dim = " + std::to_string(wanted),
               std::to_string(check.at(3)));
}

void memoryData(const SizeChecker& check) {
    const int64_t w = check.at(0), h = check.at(1), d = check.at(11), c = check.at(2);
    const int64_t type = check.at(21, 1);
    if (type != 0 && type != 1) check.fail("load_type (21=) 0 or 1", std::to_string(type));
    if (d != 0) {
        check.product("data", w, h, d, c);
    } else if (c != 0) {
        check.product("data", w, h, c);
    } else if (h != 0) {
        check.product("data", w, h);
    } else if (w != 0) {
        check.product("data", w, 1);
    }
}

void gemm(const SizeChecker& check) {
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

void recurrent(const SizeChecker& check, int gates, bool projected) {
    const int64_t direction = check.at(2);
    const int64_t directions = direction == 2 ? 2 : 1;
    const bool outputs = check.atLeast("num_output", 0, 1);
    if (direction < 0 || direction > 2) check.fail("direction (2=) 0, 1 or 2", std::to_string(direction));
    const int64_t hidden = projected ? check.at(3, check.at(0)) : check.at(0);
    if (!outputs || !check.product("hidden weights", hidden, gates, directions, check.at(0))) return;
    check.multiple("weight_data_size", 1, hidden * gates * directions, "hidden size x gates x directions");
}

void lstm(const SizeChecker& check) {
    recurrent(check, 4, true);
}

void gru(const SizeChecker& check) {
    recurrent(check, 3, false);
}

void rnn(const SizeChecker& check) {
    recurrent(check, 1, false);
}

void attention(const SizeChecker& check) {
    const bool some = check.atLeast("embed_dim", 0, 1);
    const int64_t embed = check.at(0);
    if (check.atLeast("num_heads", 1, 1, 1) && embed % check.at(1, 1) != 0) {
        check.fail("embed_dim (0=) to be a multiple of num_heads " + std::to_string(check.at(1, 1)),
                   std::to_string(embed));
    }
    if (!some) return;
    check.multiple("weight_data_size", 2, embed, "embed_dim");
    check.product("key weights", embed, check.at(3, embed));
    check.product("value weights", embed, check.at(4, embed));
}

} // namespace

std::vector<SizeRule> weightSizeRules() {
    std::vector<SizeRule> rules = {
        {"InnerProduct", innerProduct},
        {"Embed", embed},
        {"MemoryData", memoryData},
        {"Gemm", gemm},
        {"LSTM", lstm},
        {"GRU", gru},
        {"RNN", rnn},
        {"MultiHeadAttention", attention},
        {"DeformableConv2D", convolution},
    };
    for (const char* type : kConvolutions) rules.push_back({type, convolution});
    return rules;
}

} // namespace twinfer
