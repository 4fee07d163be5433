#include <algorithm>

#include "shape_context.h"

namespace twinfer {

namespace {

constexpr int kAsInput = -233; // an adaptive size

struct Window {
    int64_t size, stride, before, after;
};

int64_t addedForSame(const Window& window, int64_t size) {
    return window.size + (size - 1) / window.stride * window.stride - size;
}

// When one axis is padded for "SAME", ncnn pads the others as well, with negative numbers too, and
// writes behind its rows.
void refuseShrinking(const ShapeContext& context, std::initializer_list<int64_t> added) {
    if (context.at(5) < 2 || std::max(added) <= 0 || std::min(added) >= 0) return;
    context.mismatch("SAME padding that shrinks no axis of " + context.in().toText(),
                     std::to_string(std::min(added)) + " (a stride larger than the window)");
}

// pad_mode of ncnn: 0 pads at the end until the last window is whole, 1 takes the pads as they are,
// 2 and 3 pad for "SAME".
int64_t pooled(const ShapeContext& context, const Window& window, int64_t size, const char* axis) {
    int64_t padded = size;
    const int mode = context.at(5);
    if (mode <= 1) {
        if (window.before < 0 || window.after < 0) {
            context.invalid("padding of 0 or more",
                            std::to_string(window.before < 0 ? window.before : window.after));
        }
        padded += window.before + window.after;
        const int64_t tail = (padded - window.size) % window.stride;
        if (mode == 0 && tail != 0) padded += window.stride - tail;
    } else {
        padded += std::max<int64_t>(addedForSame(window, size), 0);
    }
    if (padded < window.size) {
        context.mismatch("a padded input of at least " + std::to_string(window.size) + " in " + axis +
                             " for the pooling window",
                         std::to_string(padded) + " (" + context.in().toText() + ")");
    }
    context.requireMemory(BlobShape::of2(padded, context.in().total() / std::max<int64_t>(size, 1)));
    return (padded - window.size) / window.stride + 1;
}

Window horizontal(const ShapeContext& context) {
    const int before = context.at(3);
    return {context.at(1), context.at(2, 1), before, context.at(14, before)};
}

Window vertical(const ShapeContext& context) {
    const int before = context.at(13, context.at(3));
    return {context.at(11, context.at(1)), context.at(12, context.at(2, 1)), before, context.at(15, before)};
}

// Takes Mat::c for channels and, where four rows or more fit a vector, packs the rows of a matrix as if they
// were channels: it then reads behind the Mat. Of four dimensions it pools the first depth only.
void pooling(ShapeContext& context) {
    context.requireDims(3);
    const BlobShape& in = context.in();
    if (context.at(4) != 0) return context.out(BlobShape::of1(in.c));
    if (context.at(7) != 0) {
        const int w = context.at(8);
        const int h = context.at(18, w);
        return context.out(BlobShape::of3(w == kAsInput ? in.w : w, h == kAsInput ? in.h : h, in.c));
    }
    refuseShrinking(context,
                    {addedForSame(horizontal(context), in.w), addedForSame(vertical(context), in.h)});
    const int64_t w = pooled(context, horizontal(context), in.w, "width");
    context.out(BlobShape::of3(w, pooled(context, vertical(context), in.h, "height"), in.c));
}

void pooling1d(ShapeContext& context) {
    context.requireDims(2);
    const BlobShape& in = context.in();
    if (context.at(4) != 0) return context.out(BlobShape::of1(in.h));
    if (context.at(7) != 0) {
        const int w = context.at(8);
        return context.out(BlobShape::of2(w == kAsInput ? in.w : w, in.h));
    }
    context.out(BlobShape::of2(pooled(context, horizontal(context), in.w, "width"), in.h));
}

// Three dimensions are a depth of 1 to it.
void pooling3d(ShapeContext& context) {
    context.requireDims(3, 4);
    const BlobShape& in = context.in();
    if (in.dims == 3) context.doubt();
    if (context.at(4) != 0) return context.out(BlobShape::of1(in.c));
    if (context.at(7) != 0) {
        const int w = context.at(8), h = context.at(18, w), d = context.at(28, w);
        return context.out(BlobShape::of4(w == kAsInput ? in.w : w, h == kAsInput ? in.h : h,
                                          d == kAsInput ? in.d : d, in.c));
    }
    const int before = context.at(23, context.at(3));
    const Window depth{context.at(21, context.at(1)), context.at(22, context.at(2, 1)), before,
                       context.at(16, before)};
    // Without a depth, ncnn's Padding takes what is in front and behind for channels.
    context.require(in.dims == 4 || (depth.size == 1 && depth.before == 0 && depth.after == 0),
                    "a depth, for a window of more than one or with padding", in.toText());
    refuseShrinking(context, {addedForSame(horizontal(context), in.w), addedForSame(vertical(context), in.h),
                              addedForSame(depth, in.d)});
    const int64_t w = pooled(context, horizontal(context), in.w, "width");
    const int64_t h = pooled(context, vertical(context), in.h, "height");
    context.out(BlobShape::of4(w, h, pooled(context, depth, in.d, "depth"), in.c));
}

// Below three dimensions everything is one channel.
void statisticsPooling(ShapeContext& context) {
    if (context.in().dims < 3) context.doubt();
    context.out(BlobShape::of1(context.in().c * (context.at(0) != 0 ? 2 : 1)));
}

// Without any axis to reduce ncnn sums into an output that has no memory for it: pnnx writes such a
// Reduction for an empty list of axes.
void reduction(ShapeContext& context) {
    const BlobShape& in = context.in();
    const bool keep = context.at(4) != 0;
    bool reduced[4] = {};
    bool any = false;
    const bool named = context.at(1, 1) == 0, all = !named || in.dims == 1;
    for (int i = 0; all && i < in.dims; i++) reduced[i] = any = true;
    for (const int axis : context.layer().integers(3)) {
        const int index = axis < 0 ? axis + in.dims : axis;
        // It marks each in an array of four, of a vector as well, where it looks at none of the marks.
        if (named && (index < 0 || index > 3)) {
            context.invalid("axes from " + std::to_string(-in.dims) + " to " + std::to_string(in.dims - 1),
                            std::to_string(axis));
        }
        if (index >= in.dims && !all) context.doubt();
        if (index < 0 || index >= in.dims) continue;
        reduced[index] = any = true;
    }
    if (!any) {
        context.invalid("at least one axis to reduce of an input " + in.toText(),
                        "none (3= empty and 1=0, no \"reduce all\")");
    }
    BlobShape out;
    std::vector<int64_t> sizes;
    for (int i = 0; i < in.dims; i++) {
        if (!reduced[i]) sizes.push_back(in.axis(i));
        if (reduced[i] && keep) sizes.push_back(1);
    }
    if (sizes.empty()) sizes.push_back(1);
    out.dims = static_cast<int>(sizes.size());
    for (int i = 0; i < out.dims; i++) out.axis(i) = sizes[i];
    context.out(out);
}

} // namespace

std::vector<ShapeRule> poolingRules() {
    return {{"Pooling", pooling},
            {"Pooling1D", pooling1d},
            {"Pooling3D", pooling3d},
            {"StatisticsPooling", statisticsPooling},
            {"Reduction", reduction}};
}

} // namespace twinfer
