#pragma once

#include <cstdint>
#include <string>

#include "../../../tensor/shape.h"
#include "../product.h"

namespace twinfer {

// A blob as ncnn::Mat has it. Axes that `dims` does not have are 1, so products need no cases; dims
// 0 is "unknown", which silences every check downstream.
struct BlobShape {
    int dims = 0;
    int64_t w = 1, h = 1, d = 1, c = 1;

    static BlobShape of1(int64_t w) { return {1, w, 1, 1, 1}; }
    static BlobShape of2(int64_t w, int64_t h) { return {2, w, h, 1, 1}; }
    static BlobShape of3(int64_t w, int64_t h, int64_t c) { return {3, w, h, 1, c}; }
    static BlobShape of4(int64_t w, int64_t h, int64_t d, int64_t c) { return {4, w, h, d, c}; }
    // From NumPy's order, outermost first; unknown for an open dimension or more than four.
    static BlobShape from(const Shape& shape);

    bool known() const { return dims > 0; }
    int64_t total() const { return product({w, h, d, c}); }
    // The axis that ncnn calls channels for one, two and more dimensions: w, h or c.
    int64_t outermost() const { return dims == 1 ? w : dims == 2 ? h : c; }
    // NumPy's axis number, 0 the outermost.
    int64_t& axis(int index);
    int64_t axis(int index) const { return const_cast<BlobShape*>(this)->axis(index); }

    Shape toShape() const;
    std::string toText() const;
    bool operator==(const BlobShape& other) const {
        return dims == other.dims && w == other.w && h == other.h && d == other.d && c == other.c;
    }
    bool operator!=(const BlobShape& other) const { return !(*this == other); }
};

} // namespace twinfer
