#include "blob_shape.h"

#include <algorithm>

namespace twinfer {

BlobShape BlobShape::from(const Shape& shape) {
    if (shape.empty() || shape.size() > 4) return {};
    if (std::any_of(shape.begin(), shape.end(), [](int size) { return size < 0; })) return {};
    BlobShape blob;
    blob.dims = static_cast<int>(shape.size());
    for (int i = 0; i < blob.dims; i++) blob.axis(i) = shape[i];
    return blob;
}

int64_t& BlobShape::axis(int index) {
    const int inner = dims - 1 - index;
    if (inner <= 0) return w;
    if (inner == 1) return h;
    return inner == 2 && dims == 4 ? d : c;
}

Shape BlobShape::toShape() const {
    Shape shape;
    for (int i = 0; i < dims; i++) shape.push_back(static_cast<int>(axis(i)));
    return shape;
}

// Not by way of Shape: the sizes that a damaged file asks for may be beyond an int.
std::string BlobShape::toText() const {
    std::string text = "[";
    for (int i = 0; i < dims; i++) text += (i > 0 ? "," : "") + std::to_string(axis(i));
    return text + "]";
}

} // namespace twinfer
