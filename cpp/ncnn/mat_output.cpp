#include "mat_output.h"

#include <cstring>

#include "../error.h"
#include "../runner/destination.h"

namespace twinfer {

namespace {
constexpr size_t kElement = 4;

struct Kept {
    std::shared_ptr<const void> allocator; // first: the Mat goes back to it
    ncnn::Mat mat;
};
} // namespace

Shape shapeOf(const ncnn::Mat& mat) {
    switch (mat.dims) {
    case 1: return {mat.w};
    case 2: return {mat.h, mat.w};
    case 3: return {mat.c, mat.h, mat.w};
    case 4: return {mat.c, mat.d, mat.h, mat.w};
    default: return {};
    }
}

void compact(const ncnn::Mat& mat, void* into) {
    const size_t plane = size_t(mat.w) * mat.h * mat.d;
    if (mat.c == 1 || mat.cstep == plane) {
        std::memcpy(into, mat.data, plane * mat.c * kElement);
        return;
    }
    for (int channel = 0; channel < mat.c; channel++) {
        std::memcpy(static_cast<char*>(into) + channel * plane * kElement,
                    static_cast<const char*>(mat.data) + channel * mat.cstep * kElement, plane * kElement);
    }
}

OutputTensor toOutput(ncnn::Mat mat, std::shared_ptr<const void> keep, const Destination* destination) {
    if (mat.empty() || mat.elempack != 1 || mat.elemsize != kElement) {
        throw Error("TWINFER_ENGINE_FAILED", "expected an output of 32-bit elements, received one with " +
                                                 std::to_string(mat.total()) + " elements of " +
                                                 std::to_string(mat.elemsize) + " bytes");
    }
    OutputTensor output{shapeOf(mat), DType::float32, Layout::NCHW, 0, nullptr, nullptr, true};
    const size_t plane = size_t(mat.w) * mat.h * mat.d;
    output.bytes = plane * mat.c * kElement;
    if (destination != nullptr && destination->data != nullptr) {
        checkDestination(*destination, output);
        compact(mat, destination->data);
        output.data = destination->data;
    } else if (mat.c == 1 || mat.cstep == plane) {
        output.data = mat.data;
        output.owner = std::make_shared<Kept>(Kept{std::move(keep), std::move(mat)});
        output.copied = false;
    } else {
        const std::shared_ptr<char[]> memory(new char[output.bytes]);
        compact(mat, memory.get());
        output.data = memory.get();
        output.owner = memory;
    }
    return output;
}

} // namespace twinfer
