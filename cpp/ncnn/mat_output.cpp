#include "mat_output.h"

#include <algorithm>
#include <cstring>

#include "../error.h"
#include "../runner/destination.h"

namespace twinfer {

namespace {
constexpr size_t kElement = 4;

size_t planeOf(const ncnn::Mat& mat) {
    return size_t(mat.w) * mat.h * mat.d;
}

size_t elementsIn(const ncnn::Mat& mat) {
    return mat.empty() ? 0 : planeOf(mat) * mat.c * mat.n;
}

bool isCompact(const ncnn::Mat& mat) {
    return mat.n == 1 && (mat.c == 1 || mat.cstep == planeOf(mat));
}

// A Cast may make the network's result one of 16 or 8 bits, which ncnn's Extractor does not convert back.
void require32Bits(const ncnn::Mat& mat, const BlobFacts& blob) {
    if (mat.empty() || (mat.elempack == 1 && mat.elemsize == kElement)) return;
    throw Error(
        "TWINFER_MODEL_UNSUPPORTED",
        "blob '" + blob.name + "': expected elements of 32 bits, received " +
            std::to_string(8 * mat.elemsize / std::max(mat.elempack, 1)) + " bits",
        "A Cast or Quantize layer makes it so: remove that layer from the .param, or ask for the blob "
        "before it (run --output, run(…, { outputs })).");
}

struct Kept {
    std::shared_ptr<const void> allocator; // first: the Mat goes back to it
    ncnn::Mat mat;
};
} // namespace

BlobFacts factsOf(const Network& network, const Detectors& detectors, int blob) {
    return {network.param().blobs[size_t(blob)],
            network.indices()[size_t(blob)] ? DType::int32 : DType::float32, detectors.nothing(blob)};
}

Shape shapeOf(const ncnn::Mat& mat) {
    Shape shape;
    switch (mat.dims) {
    case 1: shape = {mat.w}; break;
    case 2: shape = {mat.h, mat.w}; break;
    case 3: shape = {mat.c, mat.h, mat.w}; break;
    case 4: shape = {mat.c, mat.d, mat.h, mat.w}; break;
    default: return {};
    }
    if (mat.n > 1) shape.insert(shape.begin(), mat.n);
    return shape;
}

void compact(const ncnn::Mat& mat, void* into) {
    const size_t plane = planeOf(mat) * kElement;
    auto* to = static_cast<char*>(into);
    for (int item = 0; item < mat.n; item++) {
        const ncnn::Mat part = mat.batch(item);
        if (mat.c == 1 || mat.cstep == planeOf(mat)) {
            std::memcpy(to, part.data, plane * mat.c);
            to += plane * mat.c;
            continue;
        }
        for (int channel = 0; channel < mat.c; channel++, to += plane) {
            std::memcpy(to, static_cast<const char*>(part.data) + channel * mat.cstep * kElement, plane);
        }
    }
}

OutputTensor toOutput(ncnn::Mat mat, std::shared_ptr<const void> keep, const Destination* destination,
                      const BlobFacts& blob) {
    require32Bits(mat, blob);
    OutputTensor output{
        mat.empty() ? blob.empty : shapeOf(mat), blob.dtype, Layout::NCHW, 0, nullptr, nullptr, true};
    output.bytes = elementsIn(mat) * kElement;
    if (destination != nullptr && destination->data != nullptr) {
        checkDestination(*destination, output);
        if (output.bytes > 0) compact(mat, destination->data);
        output.data = destination->data;
    } else if (output.bytes > 0 && keep != nullptr && isCompact(mat)) {
        output.data = mat.data;
        output.owner = std::make_shared<Kept>(Kept{std::move(keep), std::move(mat)});
        output.copied = false;
    } else {
        const std::shared_ptr<char[]> memory(new char[output.bytes]);
        if (output.bytes > 0) compact(mat, memory.get());
        output.data = memory.get();
        output.owner = memory;
    }
    return output;
}

OutputTensor stack(const std::vector<ncnn::Mat>& items, const Destination* destination,
                   const BlobFacts& blob) {
    const auto shapeOfItem = [&](const ncnn::Mat& item) { return item.empty() ? blob.empty : shapeOf(item); };
    Shape shape = shapeOfItem(items[0]);
    for (const ncnn::Mat& item : items) {
        require32Bits(item, blob);
        if (shapeOfItem(item) == shape) continue;
        throw Error("TWINFER_SHAPE_MISMATCH",
                    "output '" + blob.name + "': expected one shape from every item of the batch, received " +
                        toString(shape) + " and " + toString(shapeOfItem(item)),
                    "How much this network finds depends on the values: run the items one by one.");
    }
    const size_t bytes = elementsIn(items[0]) * kElement;
    shape.insert(shape.begin(), static_cast<int>(items.size()));
    OutputTensor output{std::move(shape), blob.dtype, Layout::NCHW, bytes * items.size(),
                        nullptr,          nullptr,    true};
    char* into = nullptr;
    if (destination != nullptr && destination->data != nullptr) {
        checkDestination(*destination, output);
        into = static_cast<char*>(destination->data);
    } else {
        const std::shared_ptr<char[]> memory(new char[output.bytes]);
        into = memory.get();
        output.owner = memory;
    }
    output.data = into;
    for (size_t i = 0; bytes > 0 && i < items.size(); i++) compact(items[i], into + i * bytes);
    return output;
}

} // namespace twinfer
