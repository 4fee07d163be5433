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

// What was seen before, one row a step for each head. `width` is that of a head.
void requireCache(const ShapeContext& context, const BlobShape& cache, int64_t width, int64_t heads,
                  int64_t steps) {
    context.require(cache.dims == 3 && cache.w == width && cache.c == heads && cache.h == steps,
                    "a cache of " + BlobShape::of3(width, steps, heads).toText(), cache.toText());
}

// The bottoms are the query, then key and value where they differ, then the mask, then a cache of keys and
// one of values. What a cache holds is behind what it is given, in the tops after the first.
void attention(ShapeContext& context) {
    const int64_t embed = context.at(0), heads = context.at(1, 1);
    const int64_t query = context.at(2) / embed;
    const size_t masks = context.at(5) != 0 ? 1 : 0, caches = context.at(7) != 0 ? 2 : 0;
    if (context.ins() < 1 + masks + caches || context.ins() > 3 + masks + caches) {
        context.invalid("from " + std::to_string(1 + masks + caches) + " to " +
                            std::to_string(3 + masks + caches) + " inputs",
                        std::to_string(context.ins()));
    }
    const size_t given = context.ins() - masks - caches;
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
    int64_t keys = k.h;
    if (caches > 0) {
        // It would make its tops of elements of no bytes, and divide by these.
        if (given > 1) context.invalid("a cache (7=) only where the query is the key", "another key");
        const BlobShape& past = context.in(given + masks);
        for (size_t i = 0; i < caches; i++)
            requireCache(context, context.in(given + masks + i), embed / heads, heads, past.h);
        keys += past.h;
        for (size_t i = 1; i < context.outs(); i++)
            context.out(BlobShape::of3(embed / heads, keys, heads), i);
    }
    if (masks > 0) requireMask(context, context.in(given), keys, q.h, heads);
    context.out(BlobShape::of2(query, q.h));
}

void scaledDotProduct(ShapeContext& context) {
    const BlobShape& q = context.in(0);
    const BlobShape& k = context.in(1);
    const BlobShape& v = context.in(2);
    for (size_t i = 0; i < 3; i++) context.requireDims(2, 3, i); // a matrix is one head
    context.require(k.w == q.w, "keys of " + std::to_string(q.w) + " values", k.toText());
    context.require(v.h == k.h && v.c == k.c, "values like the keys " + k.toText(), v.toText());
    context.require(q.c % k.c == 0, "query heads that are a multiple of " + std::to_string(k.c), q.toText());
    int64_t keys = k.h;
    if (context.at(7) != 0) {
        // It keeps rows in panels of 4, 8 or 16, the last one whole behind its end: an array has lost that
        // part, and is read past its end (sdpa_kvcache.h).
        constexpr int64_t kPanel = 16;
        const size_t first = context.at(5) != 0 ? 4 : 3;
        const int64_t past = context.in(first).h;
        context.require(past % kPanel == 0, "a cache of a multiple of 16 steps", std::to_string(past));
        requireCache(context, context.in(first), k.w, k.c, past);
        requireCache(context, context.in(first + 1), v.w, v.c, past);
        keys += past;
        const int64_t widths[] = {k.w, v.w};
        for (size_t i = 1; i < context.outs() && i < 3; i++)
            context.out(BlobShape::of3(widths[i - 1], keys, k.c), i);
    }
    if (context.at(5) != 0) requireMask(context, context.in(3), keys, q.h, q.c);
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
