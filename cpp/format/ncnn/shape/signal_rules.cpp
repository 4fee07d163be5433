#include "shape_context.h"

namespace twinfer {

namespace {

// Looks at the first row only.
void spectrogram(ShapeContext& context) {
    const BlobShape& in = context.in();
    const int64_t size = context.at(0), hop = context.at(2, context.at(0) / 4);
    context.require(in.total() == in.w, "one row of samples", in.toText());
    const bool centred = context.at(5, 1) == 1;
    const bool reflected = centred && context.at(6, 2) == 2;
    context.require(!reflected || size / 2 < in.w, "more than " + std::to_string(size / 2) + " samples",
                    in.toText());
    const int64_t samples = in.w + (centred ? size / 2 * 2 : 0);
    context.require(hop > 0 && samples >= size,
                    "at least " + std::to_string(size) + " samples with their padding",
                    std::to_string(samples));
    const int64_t frames = (samples - size) / hop + 1;
    const int64_t frequencies = context.at(8, 1) != 0 ? size / 2 + 1 : size;
    context.out(context.at(1) == 0 ? BlobShape::of3(2, frames, frequencies)
                                   : BlobShape::of2(frames, frequencies));
}

void inverseSpectrogram(ShapeContext& context) {
    context.requireDims(3);
    const BlobShape& in = context.in();
    const int64_t size = context.at(0), hop = context.at(2, context.at(0) / 4);
    context.require(in.w == 2 && (in.c == size || in.c == size / 2 + 1),
                    std::to_string(size / 2 + 1) + " frequencies of complex numbers", in.toText());
    const int64_t samples = (in.h - 1) * hop + (context.at(5, 1) != 0 ? size % 2 : size);
    context.out(context.at(1) == 0 ? BlobShape::of2(2, samples) : BlobShape::of1(samples));
}

} // namespace

std::vector<ShapeRule> signalRules() {
    return {{"Spectrogram", spectrogram}, {"InverseSpectrogram", inverseSpectrogram}};
}

} // namespace twinfer
