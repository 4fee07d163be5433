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

void copyTo(ShapeContext& context) {
    if (context.ins() > 1 && context.in(1) == context.in(0)) same(context);
}

} // namespace

std::vector<ShapeRule> elementwiseRules() {
    std::vector<ShapeRule> rules = {
        {"Noop", each}, {"Split", split}, {"Eltwise", eltwise}, {"BinaryOp", binaryOp}, {"CopyTo", copyTo},
    };
    for (const char* type :
         {"AbsVal",      "BNLL",      "CELU",    "Cast",          "Clip",    "CumulativeSum", "DeepCopy",
          "Dropout",     "ELU",       "Erf",     "Exp",           "Flip",    "GELU",          "HardSigmoid",
          "HardSwish",   "LRN",       "Log",     "MVN",           "Mish",    "Power",         "ReLU",
          "RotaryEmbed", "SELU",      "Shrink",  "Sigmoid",       "Softmax", "Softplus",      "Swish",
          "TanH",        "Threshold", "UnaryOp", "ShuffleChannel"}) {
        rules.push_back({type, same});
    }
    return rules;
}

} // namespace twinfer
