#pragma once

#include <ncnn/paramdict.h>

namespace twinfer::kernels {

// One axis of a convolution: how its kernel steps over the input. Padding may be ncnn's -233 and -234: as
// much as an output of size / stride needs, the odd one behind or before.
struct Window {
    int kernel = 1, dilation = 1, stride = 1, before = 0, after = 0;

    int extent() const { return dilation * (kernel - 1) + 1; }
    bool isKnown() const {
        const bool same = (before == -233 || before == -234) && after == before && extent() >= stride;
        return same || (before >= 0 && after >= 0);
    }
    // Before and after an input of this size.
    Window padded(int size) const {
        if (before >= 0) return *this;
        const int total = extent() + (size - 1) / stride * stride - size, less = total / 2;
        Window window = *this;
        window.before = before == -233 ? less : total - less;
        window.after = total - window.before;
        return window;
    }
    // 0 where the kernel is wider than the input with its padding.
    int outputs(int size) const {
        const int room = size + before + after - extent();
        return room < 0 ? 0 : room / stride + 1;
    }
};

inline Window readAcross(const ncnn::ParamDict& params) {
    const int left = params.get(4, 0);
    return {params.get(1, 0), params.get(2, 1), params.get(3, 1), left, params.get(15, left)};
}

inline Window readDown(const ncnn::ParamDict& params) {
    const Window across = readAcross(params);
    const int top = params.get(14, across.before);
    return {params.get(11, across.kernel), params.get(12, across.dilation), params.get(13, across.stride),
            top, params.get(16, top)};
}

} // namespace twinfer::kernels
