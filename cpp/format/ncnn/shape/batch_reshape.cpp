#include "batch_reshape.h"

#include <algorithm>

namespace twinfer {

namespace {

constexpr int kNoBatch = 233;

std::optional<int> axisAmong(int axis, int dims) {
    const int index = axis < 0 ? axis + dims : axis;
    return index >= 0 && index < dims ? std::optional<int>(index) : std::nullopt;
}

} // namespace

// Follows Reshape::resolve_batch_shape for blobs whose batch is 1. What that refuses with an error
// is left unknown here: it cannot crash.
std::optional<BlobShape> reshapeWithBatch(const BlobShape& in, std::vector<int64_t> sizes, int inputAxis,
                                          int outputAxis) {
    std::vector<int64_t> before;
    for (int i = 0; i < in.dims; i++) before.push_back(in.axis(i));
    if (inputAxis != kNoBatch) {
        const auto axis = axisAmong(inputAxis, in.dims + 1);
        if (!axis) return std::nullopt;
        before.insert(before.begin() + *axis, 1);
    }
    int64_t given = 1;
    for (size_t i = 0; i < sizes.size(); i++) {
        if (sizes[i] == 0 && i < before.size()) sizes[i] = before[i];
        if (sizes[i] != -1) given = product({given, sizes[i]});
    }
    const auto open = std::find(sizes.begin(), sizes.end(), -1);
    if (given < 1 || in.total() % given != 0) return std::nullopt;
    if (open != sizes.end()) *open = in.total() / given;
    if (outputAxis != kNoBatch) {
        const auto axis = axisAmong(outputAxis, static_cast<int>(sizes.size()));
        // A batch above 1 is an axis that a BlobShape does not have.
        if (!axis || sizes[*axis] != 1) return std::nullopt;
        sizes.erase(sizes.begin() + *axis);
    }
    if (sizes.empty() || sizes.size() > 4) return std::nullopt;
    BlobShape out;
    out.dims = static_cast<int>(sizes.size());
    for (int i = 0; i < out.dims; i++) out.axis(i) = sizes[i];
    return out.total() == in.total() ? std::optional<BlobShape>(out) : std::nullopt;
}

} // namespace twinfer
