#include <algorithm>
#include <optional>

#include "../expression.h"
#include "shape_context.h"

namespace twinfer {

namespace {

constexpr int kToTheEnd = -233;

struct Region {
    BlobShape offset;
    BlobShape size;
};

// Parameter ids by axis letter w, h, d, c.
constexpr int kOffset[] = {0, 1, 13, 2};
constexpr int kSize[] = {3, 4, 14, 5};
constexpr int kOffset2[] = {6, 7, 15, 8};

int letterOf(int dims, int axis) {
    const int inner = dims - 1 - axis;
    return inner == 2 && dims == 3 ? 3 : inner;
}

// NumPy's x[start:end] on some axes. Ends count from the back when they are 0 or below.
std::optional<Region> fromRanges(const ShapeContext& context, const std::vector<int>& starts,
                                 const std::vector<int>& ends, std::vector<int> axes) {
    const BlobShape& in = context.in();
    if (axes.empty()) {
        for (int i = 0; i < in.dims; i++) axes.push_back(i);
    }
    // ncnn reads behind the shorter list.
    context.require(starts.size() >= axes.size() && ends.size() >= axes.size(),
                    std::to_string(axes.size()) + " starts and ends",
                    std::to_string(starts.size()) + " and " + std::to_string(ends.size()));
    Region region{in, in};
    for (int i = 0; i < in.dims; i++) region.offset.axis(i) = 0;
    for (size_t i = 0; i < axes.size(); i++) {
        const int axis = axes[i] < 0 ? axes[i] + in.dims : axes[i];
        if (axis < 0 || axis >= in.dims) continue;
        const int64_t size = in.axis(axis);
        const int64_t start = starts[i] == kToTheEnd ? 0 : starts[i];
        const int64_t end = ends[i] == kToTheEnd ? size : ends[i];
        region.offset.axis(axis) = start >= 0 ? start : size + start;
        region.size.axis(axis) = std::min(size, end > 0 ? end : size + end) - region.offset.axis(axis);
    }
    return region;
}

Region fromOffsets(const ShapeContext& context) {
    const BlobShape& in = context.in();
    Region region{in, in};
    for (int i = 0; i < in.dims; i++) {
        const int letter = letterOf(in.dims, i);
        region.offset.axis(i) = context.at(kOffset[letter]);
        const int64_t left = in.axis(i) - context.at(kOffset[letter]) - context.at(kOffset2[letter]);
        const int64_t size = context.at(kSize[letter]);
        region.size.axis(i) = size == kToTheEnd ? left : std::min(size, left);
    }
    return region;
}

// The size of the second input. With fewer dimensions it keeps the channels of the first.
std::optional<Region> fromReference(const ShapeContext& context) {
    if (context.ins() < 2 || context.at(0) == kToTheEnd) return std::nullopt;
    const BlobShape& in = context.in();
    const BlobShape& reference = context.in(1);
    Region region{in, in};
    for (int i = 0; i < in.dims; i++) region.offset.axis(i) = context.at(kOffset[letterOf(in.dims, i)]);
    region.size.w = reference.w;
    if (in.dims >= 2) region.size.h = reference.h;
    if (in.dims == 4) region.size.d = reference.d;
    if (in.dims >= 3 && reference.dims == in.dims) region.size.c = reference.c;
    return region;
}

std::optional<Region> regionOf(const ShapeContext& context) {
    const ParamLayer& layer = context.layer();
    if (!layer.string(19).empty() && !layer.string(20).empty()) {
        const auto starts = evaluateExpression(layer.string(19), context.bottoms());
        const auto ends = evaluateExpression(layer.string(20), context.bottoms());
        std::optional<std::vector<int>> axes = std::vector<int>();
        if (!layer.string(21).empty()) axes = evaluateExpression(layer.string(21), context.bottoms());
        if (!starts || !ends || !axes) return std::nullopt;
        return fromRanges(context, *starts, *ends, *axes);
    }
    const std::vector<int> starts = layer.integers(9), ends = layer.integers(10);
    if (!starts.empty() && !ends.empty()) return fromRanges(context, starts, ends, layer.integers(11));
    constexpr int kSizes[] = {3, 4, 5, 14, 6, 7, 8, 15};
    const bool sized =
        std::any_of(std::begin(kSizes), std::end(kSizes), [&](int id) { return context.at(id) != 0; });
    return sized ? fromOffsets(context) : fromReference(context);
}

void crop(ShapeContext& context) {
    const BlobShape& in = context.in();
    const std::optional<Region> region = regionOf(context);
    if (!region) return;
    // Before it looks at any offset.
    if (region->size == in) return context.out(in);
    for (int i = 0; i < in.dims; i++) {
        const int64_t offset = region->offset.axis(i), size = region->size.axis(i);
        if (offset < 0 || size < 1 || offset + size > in.axis(i)) {
            context.mismatch("a region inside " + in.toText(), std::to_string(offset) + " to " +
                                                                   std::to_string(offset + size) +
                                                                   " on axis " + std::to_string(i));
        }
    }
    context.out(region->size);
}

void padding(ShapeContext& context) {
    const BlobShape& in = context.in();
    const int type = context.at(4);
    // Before and after, by axis letter w, h, d, c; front and behind are of d or, in 3-D, of c.
    const int64_t before[] = {context.at(2), context.at(0), context.at(7), context.at(7)};
    const int64_t after[] = {context.at(3), context.at(1), context.at(8), context.at(8)};
    BlobShape out = in;
    for (int i = 0; i < in.dims; i++) {
        const int letter = letterOf(in.dims, i);
        if (in.dims == 4 && letter == 3) continue;
        const int64_t least = std::min(before[letter], after[letter]);
        const int64_t most = std::max(before[letter], after[letter]);
        if (least < 0) context.invalid("padding of 0 or more", std::to_string(least));
        if (type == 2 && most >= in.axis(i)) {
            context.mismatch("reflected padding of at most " + std::to_string(in.axis(i) - 1) + " on axis " +
                                 std::to_string(i) + " of " + in.toText(),
                             std::to_string(most));
        }
        out.axis(i) += before[letter] + after[letter];
    }
    const int values = context.at(6);
    if (values != 0 && in.dims >= 3 && values < out.c) {
        context.mismatch("padding values (6=) for " + std::to_string(out.c) + " channels",
                         std::to_string(values));
    }
    context.out(out);
}

} // namespace

std::vector<ShapeRule> cropRules() {
    return {{"Crop", crop}, {"Padding", padding}};
}

} // namespace twinfer
