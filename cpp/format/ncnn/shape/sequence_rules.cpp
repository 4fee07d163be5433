#include "shape_context.h"

namespace twinfer {

namespace {

// One row a step. `gates` as in the layer's weights; states are [directions, size].
void recurrent(ShapeContext& context, int64_t gates, bool projected) {
    const BlobShape& in = context.in();
    const int64_t directions = context.at(2) == 2 ? 2 : 1;
    const int64_t outputs = context.at(0);
    const int64_t hidden = projected ? context.at(3, context.at(0)) : outputs;
    const int64_t inputs = context.at(1) / directions / hidden / gates;
    context.require(in.dims <= 2 && in.w == inputs, "rows of " + std::to_string(inputs) + " values",
                    in.toText());
    context.out(BlobShape::of2(outputs * directions, in.h));
    const int64_t states[] = {outputs, hidden};
    const size_t count = projected ? 2 : 1;
    for (size_t i = 0; i < count && context.ins() == count + 1; i++) {
        const BlobShape& state = context.in(1 + i);
        context.require(state.w == states[i] && state.total() == states[i] * directions,
                        "a state of " + std::to_string(directions) + " x " + std::to_string(states[i]),
                        state.toText());
    }
    for (size_t i = 0; i < count && context.outs() == count + 1; i++) {
        context.out(context.ins() == count + 1 ? context.in(1 + i) : BlobShape::of2(states[i], directions),
                    1 + i);
    }
}

void lstm(ShapeContext& context) {
    recurrent(context, 4, true);
}
void gru(ShapeContext& context) {
    recurrent(context, 3, false);
}
void rnn(ShapeContext& context) {
    recurrent(context, 1, false);
}

// A word a value of the first row; ncnn does not look at others.
void embed(ShapeContext& context) {
    context.require(context.in().total() == context.in().w, "one row of words", context.in().toText());
    context.out(BlobShape::of2(context.at(0), context.in().w));
}

void requireMask(const ShapeContext& context, const BlobShape& mask, int64_t keys, int64_t queries,
                 int64_t heads) {
    const bool fits =
        mask.w == keys && mask.h == queries && (mask.dims == 2 || mask.c == 1 || mask.c == heads);
    context.require(fits, "a mask of " + std::to_string(queries) + " x " + std::to_string(keys),
                    mask.toText());
}

// The bottoms are the query, then key and value where they differ, then the mask. With a cache the
// lengths depend on what is in it.
void attention(ShapeContext& context) {
    if (context.at(7) != 0) return;
    const int64_t embed = context.at(0);
    const int64_t query = context.at(2) / embed;
    const size_t masks = context.at(5) != 0 ? 1 : 0;
    const size_t given = context.ins() - masks;
    if (given < 1 || given > 3) return;
    const BlobShape& q = context.in(0);
    const BlobShape& k = context.in(given > 1 ? 1 : 0);
    const BlobShape& v = context.in(given > 2 ? 2 : given > 1 ? 1 : 0);
    const auto rows = [&](const BlobShape& blob, int64_t size, const char* what) {
        context.require(blob.dims == 2 && blob.w == size,
                        std::string(what) + " rows of " + std::to_string(size), blob.toText());
    };
    rows(q, query, "query");
    rows(k, context.at(3, context.at(0)), "key");
    rows(v, context.at(4, context.at(0)), "value");
    context.require(k.h == v.h, "as many values as keys (" + std::to_string(k.h) + ")", std::to_string(v.h));
    if (masks > 0) requireMask(context, context.in(given), k.h, q.h, context.at(1, 1));
    context.out(BlobShape::of2(query, q.h));
}

void scaledDotProduct(ShapeContext& context) {
    const BlobShape& q = context.in(0);
    const BlobShape& k = context.in(1);
    const BlobShape& v = context.in(2);
    if (context.at(7) != 0) return; // a cache: the lengths depend on what is in it
    for (size_t i = 0; i < 3; i++) context.requireDims(2, 3, i); // a matrix is one head
    context.require(k.w == q.w, "keys of " + std::to_string(q.w) + " values", k.toText());
    context.require(v.h == k.h && v.c == k.c, "values like the keys " + k.toText(), v.toText());
    context.require(q.c % k.c == 0, "query heads that are a multiple of " + std::to_string(k.c), q.toText());
    if (context.at(5) != 0) requireMask(context, context.in(3), k.h, q.h, q.c);
    context.out(BlobShape::of3(v.w, q.h, q.c));
}

} // namespace

std::vector<ShapeRule> sequenceRules() {
    return {{"LSTM", lstm},
            {"GRU", gru},
            {"RNN", rnn},
            {"Embed", embed},
            {"MultiHeadAttention", attention},
            {"SDPA", scaledDotProduct}};
}

} // namespace twinfer
