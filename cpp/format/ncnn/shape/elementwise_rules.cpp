#include <algorithm>

#include "shape_context.h"

namespace twinfer {

namespace {

void same(ShapeContext& context) {
    context.out(context.in());
}

void each(ShapeContext& context) {
    for (size_t i = 0; i < context.outs(); i++) context.out(context.in(i), i);
}

void split(ShapeContext& context) {
    for (size_t i = 0; i < context.outs(); i++) context.out(context.in(), i);
}

// ncnn walks all bottoms with the sizes of the first.
void eltwise(ShapeContext& context) {
    const BlobShape& first = context.in();
    for (size_t i = 1; i < context.ins(); i++) {
        const BlobShape& other = context.in(i);
        const bool fits = first.c == other.c && first.w * first.h * first.d == other.w * other.h * other.d;
        context.require(fits, "all inputs of shape " + first.toText(), other.toText());
    }
    context.out(first);
}

// ncnn's own rule: missing axes are inner ones, except that a vector may be the outermost or the
// innermost axis, whichever fits.
BlobShape expanded(const BlobShape& small, const BlobShape& large) {
    BlobShape wide;
    wide.dims = large.dims;
    if (small.dims == 1) {
        wide.axis(small.w == large.outermost() ? 0 : large.dims - 1) = small.w;
        return wide;
    }
    for (int i = 0; i < small.dims; i++) wide.axis(i) = small.axis(i);
    return wide;
}

void binaryOp(ShapeContext& context) {
    if (context.at(1) != 0 || context.ins() < 2) return same(context);
    BlobShape a = context.in(0);
    BlobShape b = context.in(1);
    if (a.dims < b.dims) a = expanded(a, b);
    if (b.dims < a.dims) b = expanded(b, a);
    BlobShape out = a;
    for (int i = 0; i < a.dims; i++) {
        const bool fits = a.axis(i) == b.axis(i) || a.axis(i) == 1 || b.axis(i) == 1;
        context.require(fits, "a second input that broadcasts with " + context.in(0).toText(),
                        context.in(1).toText());
        out.axis(i) = std::max(a.axis(i), b.axis(i));
    }
    context.out(out);
}

// Writes the second input into a copy of the first, at offsets that ncnn does not hold against its size.
void copyTo(ShapeContext& context) {
    const BlobShape& self = context.in(0);
    const BlobShape& source = context.in(1);
    if (source == self) return same(context);
    BlobShape offset = self;
    for (int i = 0; i < self.dims; i++) offset.axis(i) = 0;
    const std::vector<int> starts = context.layer().integers(9);
    std::vector<int> axes = context.layer().integers(11);
    if (starts.empty()) {
        offset.w = context.at(0);
        if (self.dims > 1) offset.h = context.at(1);
        if (self.dims > 2) offset.c = context.at(2);
        if (self.dims > 3) offset.d = context.at(13);
    } else if (axes.empty()) {
        for (int i = 0; i < self.dims; i++) axes.push_back(i);
    }
    context.require(starts.size() >= axes.size() || starts.empty(),
                    std::to_string(axes.size()) + " starts (9=)", std::to_string(starts.size()));
    for (size_t i = 0; !starts.empty() && i < axes.size(); i++) {
        const int axis = context.axisOf(axes[i]);
        if (axis < 0) continue;
        const int64_t start = starts[i] == -233 ? 0 : starts[i];
        offset.axis(axis) = start < 0 ? start + self.axis(axis) : start;
    }
    bool fits = source.dims == self.dims;
    for (int i = 0; fits && i < self.dims; i++) {
        fits = offset.axis(i) >= 0 && offset.axis(i) + source.axis(i) <= self.axis(i);
    }
    context.require(fits, "a second input that fits into " + self.toText() + " at " + offset.toText(),
                    source.toText());
    same(context);
}

// Vectors of elements, which ncnn takes apart before a layer that does not know them. With padding (1=1) the
// outermost axis grows.
void packing(ShapeContext& context) {
    const int64_t pack = context.at(0, 1);
    if (context.at(1) == 0) return same(context);
    if (pack < 1) context.invalid("vectors of 1 element or more (0=)", std::to_string(pack));
    BlobShape out = context.in();
    out.axis(0) = (out.axis(0) + pack - 1) / pack * pack;
    context.out(out);
}

// Other casts leave the output's memory as it was.
void cast(ShapeContext& context) {
    const int from = context.at(0), to = context.at(1);
    const bool known =
        from == to || (from == 1 && (to == 2 || to == 4)) || (to == 1 && from >= 2 && from <= 4);
    if (!known) {
        context.invalid("a cast between float32 (1), float16 (2), int8 (3, from only) and bfloat16 (4)",
                        std::to_string(from) + " to " + std::to_string(to));
    }
    same(context);
}

// It does nothing for an axis that is not there.
void alongAxis(ShapeContext& context) {
    if (context.axisOf(context.at(0)) < 0) context.doubt();
    same(context);
}

void softmax(ShapeContext& context) {
    const int axis = context.axisOf(context.at(0));
    if (axis < 0 || context.in().axis(axis) == 1) context.doubt();
    same(context);
}

// A negative axis outside marks a byte before its array of four.
void flip(ShapeContext& context) {
    const int dims = context.in().dims;
    for (const int axis : context.layer().integers(0)) {
        context.require(axis >= -dims, "axes from " + std::to_string(-dims), std::to_string(axis));
        if (axis >= dims) context.doubt();
    }
    same(context);
}

// Its output has three dimensions at least.
void mvn(ShapeContext& context) {
    BlobShape out = context.in();
    out.dims = std::max(out.dims, 3);
    context.out(out);
}

// Across channels, of which there is one below three dimensions; a depth is not looked at.
void lrn(ShapeContext& context) {
    context.requireDims(1, 3);
    same(context);
}

void shuffleChannel(ShapeContext& context) {
    const int64_t group = context.at(0, 1);
    if (group == 1) return same(context);
    context.requireDims(3, 4);
    context.require(group > 0 && context.in().c % group == 0,
                    "channels that are a multiple of the group (0=" + std::to_string(group) + ")",
                    context.in().toText());
    same(context);
}

// The second and the third input have a row for each of the first's rows, of half its width or all of it.
void rotaryEmbed(ShapeContext& context) {
    const BlobShape& in = context.in();
    const BlobShape& cosine = context.in(1);
    const BlobShape& sine = context.in(2);
    for (const BlobShape* cache : {&cosine, &sine}) {
        const bool fits = cache->h >= in.h && cache->w >= in.w / 2 && cache->w == cosine.w;
        context.require(fits, std::to_string(in.h) + " rows of " + std::to_string(in.w / 2) + " factors",
                        cache->toText());
    }
    same(context);
}

} // namespace

std::vector<ShapeRule> elementwiseRules() {
    std::vector<ShapeRule> rules = {
        {"Noop", each},
        {"Split", split},
        {"Eltwise", eltwise},
        {"BinaryOp", binaryOp},
        {"CopyTo", copyTo},
        {"Softmax", softmax},
        {"CumulativeSum", alongAxis},
        {"Flip", flip},
        {"MVN", mvn},
        {"LRN", lrn},
        {"ShuffleChannel", shuffleChannel},
        {"RotaryEmbed", rotaryEmbed},
        {"Packing", packing},
        {"Cast", cast},
    };
    for (const char* type :
         {"AbsVal", "BNLL",   "CELU",        "Clip",      "DeepCopy", "Dropout", "ELU",       "Erf",
          "Exp",    "GELU",   "HardSigmoid", "HardSwish", "Log",      "Mish",    "Power",     "ReLU",
          "SELU",   "Shrink", "Sigmoid",     "Softplus",  "Swish",    "TanH",    "Threshold", "UnaryOp"}) {
        rules.push_back({type, same});
    }
    return rules;
}

} // namespace twinfer
