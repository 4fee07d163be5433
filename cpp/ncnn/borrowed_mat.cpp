#include "borrowed_mat.h"

#include <cstdint>
#include <cstring>

#include <ncnn/allocator.h>

namespace twinfer {

namespace {

constexpr size_t kElement = 4; // float32, or the int32 words that Embed reads

int planeOf(const Shape& dimensions) {
    int plane = 1;
    for (size_t i = 1; i < dimensions.size(); i++) plane *= dimensions[i];
    return plane;
}

constexpr size_t kChannel = 16; // what every channel is aligned to

// ncnn packs a vector by calling it one of packs, without a copy, and kernels for packs load from aligned
// addresses. Others count on what holds for each channel: Eltwise on x86 loads four floats at a time so. An
// item of a batch may start anywhere, and so may a view of a caller's array.
bool isMisaligned(const void* data, const Shape& dimensions) {
    const bool packs = dimensions.size() == 1 && dimensions[0] % 4 == 0;
    return reinterpret_cast<uintptr_t>(data) % (packs ? NCNN_MALLOC_ALIGN : kChannel) != 0;
}

ncnn::Mat createMat(const Shape& shape, ncnn::Allocator* allocator) {
    ncnn::Mat mat;
    switch (shape.size()) {
    case 1: mat.create(shape[0], kElement, allocator); break;
    case 2: mat.create(shape[1], shape[0], kElement, allocator); break;
    case 3: mat.create(shape[2], shape[1], shape[0], kElement, allocator); break;
    default: mat.create(shape[3], shape[2], shape[1], shape[0], kElement, allocator); break;
    }
    return mat;
}

ncnn::Mat wrapMat(const Shape& shape, void* data) {
    switch (shape.size()) {
    case 1: return ncnn::Mat(shape[0], data, kElement);
    case 2: return ncnn::Mat(shape[1], shape[0], data, kElement);
    case 3: return ncnn::Mat(shape[2], shape[1], shape[0], data, kElement);
    default: return ncnn::Mat(shape[3], shape[2], shape[1], shape[0], data, kElement);
    }
}

} // namespace

ncnn::Mat borrowMat(const InputView& input, const Shape& dimensions, int& references, bool& copied) {
    const bool channels = dimensions.size() > 2;
    copied = isMisaligned(input.data, dimensions) || (channels && planeOf(dimensions) % 4 != 0);
    if (copied) return copyMat(input, dimensions, nullptr);
    ncnn::Mat mat = wrapMat(dimensions, const_cast<void*>(input.data));
    // ncnn rounds the step of 1-D and 2-D data up to 16 bytes and would read past the array's end.
    // For 3-D and 4-D it must stay as it is: Crop and Vulkan recompute it.
    if (!channels) mat.cstep = size_t(mat.w) * mat.h;
    references = 2;
    mat.refcount = &references;
    return mat;
}

ncnn::Mat copyMat(const InputView& input, const Shape& dimensions, ncnn::Allocator* allocator) {
    ncnn::Mat mat = createMat(dimensions, allocator);
    if (mat.empty()) throw std::bad_alloc();
    const auto* from = static_cast<const char*>(input.data);
    const size_t plane = size_t(mat.w) * mat.h * mat.d * kElement;
    for (int channel = 0; channel < mat.c; channel++) {
        std::memcpy(static_cast<char*>(mat.data) + channel * mat.cstep * kElement, from + channel * plane,
                    plane);
    }
    return mat;
}

} // namespace twinfer
