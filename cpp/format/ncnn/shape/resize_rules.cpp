#include "../expression.h"
#include "shape_context.h"

namespace twinfer {

namespace {

// ncnn casts w * scale to int, which truncates; a float that does not fit an int is undefined.
int64_t scaled(const ShapeContext& context, int64_t size, int id) {
    const float scale = context.layer().number(id, 1.0f);
    const float product = static_cast<float>(size) * scale;
    if (!(scale > 0) || product >= 2147483648.0f) {
        context.invalid("a scale above 0 that keeps sizes below 2^31", std::to_string(scale));
    }
    return static_cast<int64_t>(product);
}

void interp(ShapeContext& context) {
    const BlobShape& in = context.in();
    context.requireDims(1, 3); // it would resize the first depth of four dimensions only
    int64_t w = context.at(4);
    int64_t h = context.at(3);
    const std::string expression = context.layer().string(9);
    if (!expression.empty()) {
        const auto sizes = evaluateExpression(expression, context.bottoms());
        if (!sizes || sizes->empty()) return;
        w = (*sizes)[0];
        h = sizes->size() > 1 ? (*sizes)[1] : in.h;
    } else if (context.ins() > 1) {
        w = context.in(1).w;
        h = context.in(1).h;
    } else if (w == 0 || h == 0) {
        w = scaled(context, in.dims == 1 ? 1 : in.w, 2);
        h = scaled(context, in.dims == 1 ? 1 : in.h, 1);
    }
    if (in.dims == 1) return context.out(BlobShape::of3(w, h, in.w));
    if (in.dims == 2) return context.out(BlobShape::of2(w, in.h));
    context.out(BlobShape::of3(w, h, in.c));
}

void pixelShuffle(ShapeContext& context) {
    const BlobShape& in = context.in();
    const int64_t factor = context.at(0, 1);
    if (factor == 1 && in.dims <= 3) return context.out(BlobShape::of3(in.w, in.h, in.c));
    context.requireDims(3);
    const bool whole = factor > 0 && in.c % (factor * factor) == 0;
    context.require(whole,
                    "channels that are a multiple of the factor's square (0=" + std::to_string(factor) + ")",
                    in.toText());
    context.out(BlobShape::of3(in.w * factor, in.h * factor, in.c / (factor * factor)));
}

void reorg(ShapeContext& context) {
    const BlobShape& in = context.in();
    const int64_t stride = context.at(0, 1);
    context.requireDims(2, 3); // a matrix is one channel
    if (stride < 1) context.invalid("a stride (0=) of 1 or more", std::to_string(stride));
    context.out(BlobShape::of3(in.w / stride, in.h / stride, product({in.c, stride, stride})));
}

} // namespace

std::vector<ShapeRule> resizeRules() {
    return {{"Interp", interp}, {"PixelShuffle", pixelShuffle}, {"Reorg", reorg}};
}

} // namespace twinfer
