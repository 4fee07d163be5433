#include "shape_context.h"

namespace twinfer {

namespace {

// Layers that scale channels in place with weights of their own: more channels than weights would
// read behind them.

void batchNorm(ShapeContext& context) {
    context.requireOutermost(context.in(), context.at(0), "channels");
    context.out(context.in());
}

// Looks at Mat::c only, which is 1 below three dimensions.
void bias(ShapeContext& context) {
    if (context.in().dims >= 3) context.requireOutermost(context.in(), context.at(0), "channels");
    context.out(context.in());
}

void scale(ShapeContext& context) {
    if (context.at(0) != -233) {
        context.requireOutermost(context.in(), context.at(0), "channels");
    } else {
        const BlobShape& factors = context.in(1);
        context.require(factors.total() >= context.in().outermost(),
                        std::to_string(context.in().outermost()) + " factors in the second input",
                        factors.toText());
    }
    context.out(context.in());
}

void prelu(ShapeContext& context) {
    if (context.at(0) > 1) context.requireOutermost(context.in(), context.at(0), "channels");
    context.out(context.in());
}

// The size must be that of the innermost axis, of the two innermost, and so on, as far as ncnn goes
// for this number of dimensions; otherwise it takes the largest and reads behind its weights.
void innerAffine(ShapeContext& context) {
    const BlobShape& in = context.in();
    const int64_t size = context.at(0);
    bool fits = size == in.w;
    if (in.dims >= 3) fits = fits || size == in.w * in.h;
    if (in.dims == 4) fits = fits || size == in.w * in.h * in.d;
    if (context.at(2, 1) != 0 && !fits) {
        context.mismatch("an input whose inner dimensions have " + std::to_string(size) + " elements",
                         in.toText());
    }
    context.out(in);
}

void groupNorm(ShapeContext& context) {
    if (context.at(1) > 0) context.requireOutermost(context.in(), context.at(1), "channels");
    context.out(context.in());
}

void instanceNorm(ShapeContext& context) {
    const bool counted = context.at(2, 1) != 0 && context.in().dims >= 3;
    if (counted) context.requireOutermost(context.in(), context.at(0), "channels");
    context.out(context.in());
}

void normalize(ShapeContext& context) {
    const bool counted = context.at(1) == 0 && context.in().dims >= 3;
    if (counted) context.requireOutermost(context.in(), context.at(3), "channels");
    context.out(context.in());
}

void perChannel(ShapeContext& context, int64_t size) {
    if (size > 1) context.requireOutermost(context.in(), size, "channels");
}

void quantize(ShapeContext& context) {
    perChannel(context, context.at(0, 1));
    context.out(context.in());
}

void dequantize(ShapeContext& context) {
    perChannel(context, context.at(1));
    quantize(context);
}

void requantize(ShapeContext& context) {
    perChannel(context, context.at(1, 1));
    perChannel(context, context.at(2));
    quantize(context);
}

} // namespace

std::vector<ShapeRule> normalisationRules() {
    return {{"BatchNorm", batchNorm},   {"Bias", bias},
            {"Scale", scale},           {"PReLU", prelu},
            {"LayerNorm", innerAffine}, {"RMSNorm", innerAffine},
            {"GroupNorm", groupNorm},   {"InstanceNorm", instanceNorm},
            {"Normalize", normalize},   {"Quantize", quantize},
            {"Dequantize", dequantize}, {"Requantize", requantize}};
}

} // namespace twinfer
