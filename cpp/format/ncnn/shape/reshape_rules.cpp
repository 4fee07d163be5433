#include <algorithm>

#include "../expression.h"
#include "batch_reshape.h"
#include "shape_context.h"

namespace twinfer {

namespace {

constexpr int kAbsent = -233;
constexpr int kNoBatch = 233;

// Innermost first, as the parameters are: w, h, (d,) c.
std::vector<int64_t> requested(const ShapeContext& context) {
    const std::string expression = context.layer().string(6);
    if (!expression.empty()) {
        const auto values = evaluateExpression(expression, context.bottoms());
        return values ? std::vector<int64_t>(values->begin(), values->end()) : std::vector<int64_t>();
    }
    const int64_t w = context.at(0, kAbsent), h = context.at(1, kAbsent);
    const int64_t d = context.at(11, kAbsent), c = context.at(2, kAbsent);
    if (w == kAbsent) return {};
    if (h == kAbsent) return {w};
    if (c == kAbsent) return {w, h};
    if (d == kAbsent) return {w, h, c};
    return {w, h, d, c};
}

BlobShape ofInner(const std::vector<int64_t>& sizes) {
    BlobShape shape;
    shape.dims = static_cast<int>(sizes.size());
    for (int i = 0; i < shape.dims; i++) shape.axis(shape.dims - 1 - i) = sizes[i];
    return shape;
}

void reshape(ShapeContext& context) {
    const BlobShape& in = context.in();
    const int inputAxis = context.at(12, kNoBatch), outputAxis = context.at(13, kNoBatch);
    std::vector<int64_t> sizes = requested(context);
    if (inputAxis != kNoBatch || outputAxis != kNoBatch) {
        std::reverse(sizes.begin(), sizes.end());
        const auto batched = reshapeWithBatch(in, sizes, inputAxis, outputAxis);
        if (batched) context.out(*batched);
        return;
    }
    if (sizes.empty() || sizes.size() > 4) return;
    // 0 takes the size over from the axis of the same letter, not of the same place.
    const int64_t own[] = {in.w, in.h, sizes.size() == 3 ? in.c : in.d, in.c};
    int64_t given = 1;
    for (size_t i = 0; i < sizes.size(); i++) {
        if (sizes[i] == 0) sizes[i] = own[i];
        if (sizes[i] != -1) given = product({given, sizes[i]});
    }
    const auto open = std::count(sizes.begin(), sizes.end(), -1);
    if (open > 1) context.invalid("at most one size of -1", std::to_string(open));
    if (open == 1 && given > 0) *std::find(sizes.begin(), sizes.end(), -1) = in.total() / given;
    const BlobShape out = ofInner(sizes);
    // With the same outermost size ncnn passes one or two dimensions through and does not look at
    // the rest, which makes models work on other widths than they were converted for.
    if (out.dims <= 2 && out.dims == in.dims && out.outermost() == in.outermost()) return context.out(in);
    const bool positive = std::all_of(sizes.begin(), sizes.end(), [](int64_t size) { return size > 0; });
    if (!positive || out.total() != in.total()) {
        context.mismatch(std::to_string(in.total()) + " elements in the new shape, as in " + in.toText(),
                         out.toText());
    }
    context.out(out);
}

void flatten(ShapeContext& context) {
    context.out(BlobShape::of1(context.in().total()));
}

// order_type: the new axes from the innermost, as letters of the old ones.
constexpr const char* kOrders2[] = {"wh", "hw"};
constexpr const char* kOrders3[] = {"whc", "hwc", "wch", "cwh", "hcw", "chw"};
constexpr const char* kOrders4[] = {"whdc", "hwdc", "wdhc", "dwhc", "hdwc", "dhwc", "whcd", "hwcd",
                                    "wchd", "cwhd", "hcwd", "chwd", "wdch", "dwch", "wcdh", "cwdh",
                                    "dcwh", "cdwh", "hdcw", "dhcw", "hcdw", "chdw", "dchw", "cdhw"};

int64_t byLetter(const BlobShape& shape, char letter) {
    return letter == 'w' ? shape.w : letter == 'h' ? shape.h : letter == 'd' ? shape.d : shape.c;
}

void permute(ShapeContext& context) {
    const BlobShape& in = context.in();
    if (in.dims == 1) return context.out(in);
    const int type = context.at(0);
    const int count = in.dims == 2 ? 2 : in.dims == 3 ? 6 : 24;
    if (type < 0 || type >= count) {
        // ncnn leaves the output empty and reports success.
        context.mismatch("an order (0=) below " + std::to_string(count) + " for an input " + in.toText(),
                         std::to_string(type));
    }
    const char* order = in.dims == 2 ? kOrders2[type] : in.dims == 3 ? kOrders3[type] : kOrders4[type];
    std::vector<int64_t> sizes;
    for (const char* letter = order; *letter != '\0'; letter++) sizes.push_back(byLetter(in, *letter));
    context.out(ofInner(sizes));
}

void squeeze(ShapeContext& context) {
    const BlobShape& in = context.in();
    bool drop[4] = {};
    if (context.layer().length(3) > 0) {
        for (const int axis : context.layer().integers(3)) {
            const int index = axis < 0 ? axis + in.dims : axis;
            if (index >= 0 && index < in.dims) drop[index] = true;
        }
    } else {
        constexpr int kW = 0, kH = 1, kC = 2, kD = 11;
        for (int i = 0; i < in.dims; i++) {
            const int inner = in.dims - 1 - i;
            drop[i] = context.at(inner == 0                   ? kW
                                 : inner == 1                 ? kH
                                 : inner == 2 && in.dims == 4 ? kD
                                                              : kC) != 0;
        }
    }
    std::vector<int64_t> kept;
    for (int i = 0; i < in.dims; i++) {
        if (!drop[i] || in.axis(i) != 1) kept.insert(kept.begin(), in.axis(i));
    }
    if (kept.empty()) kept.push_back(1);
    context.out(ofInner(kept));
}

void expandDims(ShapeContext& context) {
    const BlobShape& in = context.in();
    std::vector<int> axes = context.layer().integers(3);
    const int dims = in.dims + static_cast<int>(axes.size());
    if (dims > 4) { // ncnn hands it on as it is
        context.doubt();
        return context.out(in);
    }
    for (int& axis : axes)
        if (axis < 0) axis += dims;
    for (const int axis : axes) {
        // A repeated or missing axis: ncnn expands fewer than it says.
        context.require(axis >= 0 && axis < dims && std::count(axes.begin(), axes.end(), axis) == 1,
                        "different axes from 0 to " + std::to_string(dims - 1), std::to_string(axis));
    }
    BlobShape out;
    out.dims = dims;
    for (int i = 0, from = 0; i < dims; i++) {
        const bool added = std::find(axes.begin(), axes.end(), i) != axes.end();
        out.axis(i) = added ? 1 : in.axis(from++);
    }
    context.out(out);
}

} // namespace

std::vector<ShapeRule> reshapeRules() {
    return {{"Reshape", reshape},
            {"Flatten", flatten},
            {"Permute", permute},
            {"Squeeze", squeeze},
            {"ExpandDims", expandDims}};
}

} // namespace twinfer
