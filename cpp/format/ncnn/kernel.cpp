#include "kernel.h"

#include <algorithm>

namespace twinfer {

namespace {

// Parameter ids of ncnn by axis: width, height, depth. Height and depth take the
// width's value as their default.
constexpr int kSize[] = {1, 11, 21};
constexpr int kDilation[] = {2, 12, 22};
constexpr int kStride[] = {3, 13, 23};
constexpr int kPadBefore[] = {4, 14, 24};
constexpr int kPadAfter[] = {15, 16, 17};
constexpr int kOutputPad[] = {18, 19, 20};
constexpr int kOutputSize2[] = {20, 21};
constexpr int kOutputSize3[] = {25, 26, 27};

bool endsWith(const std::string& text, const char* suffix) {
    const std::string end(suffix);
    return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

void read(const ParamLayer& layer, const int* ids, int axes, int otherwise, std::array<int64_t, 3>& into) {
    for (int axis = 0; axis < axes; axis++) {
        into[axis] = layer.integer(ids[axis], axis == 0 ? otherwise : static_cast<int>(into[0]));
    }
}

} // namespace

bool Kernel::isKernel(const std::string& type) {
    return type.rfind("Convolution", 0) == 0 || type.rfind("Deconvolution", 0) == 0 ||
           type == "DeformableConv2D";
}

Kernel Kernel::of(const ParamLayer& layer) {
    Kernel kernel;
    kernel.axes = endsWith(layer.type, "1D") ? 1 : endsWith(layer.type, "3D") ? 3 : 2;
    kernel.transposed = layer.type.rfind("Deconvolution", 0) == 0;
    kernel.depthwise = layer.type.find("DepthWise") != std::string::npos;
    const bool mayBeDynamic = kernel.axes < 3 && layer.type != "DeformableConv2D";
    kernel.dynamic = mayBeDynamic && layer.integer(kernel.transposed ? 28 : 19, 0) != 0;
    kernel.outputs = layer.integer(0, 0);
    kernel.group = kernel.depthwise ? layer.integer(7, 1) : 1;
    kernel.weights = layer.integer(6, 0);
    read(layer, kSize, kernel.axes, 0, kernel.size);
    read(layer, kDilation, kernel.axes, 1, kernel.dilation);
    read(layer, kStride, kernel.axes, 1, kernel.stride);
    read(layer, kPadBefore, kernel.axes, 0, kernel.padBefore);
    for (int axis = 0; axis < kernel.axes; axis++) {
        kernel.padAfter[axis] = layer.integer(kPadAfter[axis], static_cast<int>(kernel.padBefore[axis]));
    }
    if (!kernel.transposed) return kernel;
    read(layer, kOutputPad, kernel.axes, 0, kernel.outputPad);
    read(layer, kernel.axes == 3 ? kOutputSize3 : kOutputSize2, kernel.axes, 0, kernel.outputSize);
    return kernel;
}

int64_t Kernel::inputs() const {
    return weights / area() / (outputs / group);
}

} // namespace twinfer
