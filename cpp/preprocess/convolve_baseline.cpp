// For any processor.
#include "convolve_plain.h"

namespace twinfer::preprocess {

namespace {

template <int channels>
void alongEachRow(const PixelView& source, const Taps<int32_t>& taps, Image<uint8_t>& out) {
    for (int y = 0; y < source.height; y++) {
        alongRow<channels>(source.row(y), taps, 0, taps.outputs(), out.row(y));
    }
}

void alongRows(const PixelView& source, const Taps<int32_t>& taps, Image<uint8_t>& out) {
    switch (source.channels) {
    case 1: return alongEachRow<1>(source, taps, out);
    case 2: return alongEachRow<2>(source, taps, out);
    case 3: return alongEachRow<3>(source, taps, out);
    default: return alongEachRow<4>(source, taps, out);
    }
}

} // namespace

extern const Kernels kBaselineConvolution;
const Kernels kBaselineConvolution{"baseline", alongRows, sumOfRows};

} // namespace twinfer::preprocess
