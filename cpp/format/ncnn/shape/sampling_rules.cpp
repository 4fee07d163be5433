#include <algorithm>

#include "../kernel.h"
#include "shape_context.h"

namespace twinfer {

namespace {

// Where a kernel without weights goes: Unfold and Fold share their parameters with a convolution.
struct Patch {
    int64_t kernelW, kernelH, dilationW, dilationH, extentW, extentH, strideW, strideH;
    int64_t left, right, top, bottom;

    explicit Patch(const ShapeContext& context) {
        kernelW = context.at(1);
        kernelH = context.at(11, context.at(1));
        dilationW = context.at(2, 1);
        dilationH = context.at(12, context.at(2, 1));
        extentW = dilationW * (kernelW - 1) + 1;
        extentH = dilationH * (kernelH - 1) + 1;
        strideW = context.at(3, 1);
        strideH = context.at(13, context.at(3, 1));
        left = context.at(4);
        right = context.at(15, context.at(4));
        top = context.at(14, context.at(4));
        bottom = context.at(16, context.at(14, context.at(4)));
    }
    int64_t area() const { return kernelW * kernelH; }
    bool positive() const { return std::min({kernelW, kernelH, dilationW, dilationH, strideW, strideH}) > 0; }
};

// Without any positive padding ncnn pads for "SAME" where all four sides say so, and not at all otherwise. It
// hands negative ones on to its Padding layer, which then reads and writes outside its rows.
void pad(const ShapeContext& context, const Patch& patch, int64_t& w, int64_t& h) {
    const auto [least, most] = std::minmax({patch.left, patch.right, patch.top, patch.bottom});
    if (most > 0) {
        if (least < 0) context.invalid("padding of 0 or more on every side", std::to_string(least));
        w += patch.left + patch.right;
        h += patch.top + patch.bottom;
        return;
    }
    if (least != most || (least != -233 && least != -234)) return;
    const int64_t across = patch.extentW + (w - 1) / patch.strideW * patch.strideW - w;
    const int64_t down = patch.extentH + (h - 1) / patch.strideH * patch.strideH - h;
    if (across <= 0 && down <= 0) return;
    if (across < 0 || down < 0) {
        context.mismatch("SAME padding that shrinks no axis of " + context.in().toText(),
                         std::to_string(std::min(across, down)) + " (a stride larger than the kernel)");
    }
    w += across;
    h += down;
}

void unfold(ShapeContext& context) {
    context.requireDims(1, 3); // below three everything is one channel
    const BlobShape& in = context.in();
    const Patch patch(context);
    if (!patch.positive()) context.invalid("a kernel, a dilation and a stride of 1 or more", "less");
    int64_t w = in.w, h = in.h;
    pad(context, patch, w, h);
    context.requireMemory(BlobShape::of3(w, h, in.c));
    context.require(w >= patch.extentW && h >= patch.extentH, "a padded input as large as the kernel",
                    in.toText());
    const int64_t across = (w - patch.extentW) / patch.strideW + 1;
    const int64_t down = (h - patch.extentH) / patch.strideH + 1;
    context.out(BlobShape::of2(across * down, patch.area() * in.c));
}

void fold(ShapeContext& context) {
    context.requireDims(2);
    const BlobShape& in = context.in();
    const Patch patch(context);
    const int64_t width = context.at(20), height = context.at(21, context.at(20));
    if (!patch.positive() || std::min({patch.left, patch.right, patch.top, patch.bottom}) < 0) {
        context.invalid("a kernel, a dilation and a stride of 1 or more, and no negative padding", "others");
    }
    const int64_t w = width + patch.left + patch.right, h = height + patch.top + patch.bottom;
    if (w < patch.extentW || h < patch.extentH) {
        context.invalid("an output (20=, 21=) as large as the kernel",
                        std::to_string(w) + " x " + std::to_string(h));
    }
    context.requireMemory(BlobShape::of2(w, h));
    const int64_t places =
        ((w - patch.extentW) / patch.strideW + 1) * ((h - patch.extentH) / patch.strideH + 1);
    context.require(in.w == places && in.h % patch.area() == 0,
                    std::to_string(places) + " columns and a multiple of " + std::to_string(patch.area()) +
                        " rows",
                    in.toText());
    context.requireMemory(BlobShape::of3(w, h, in.h / patch.area()));
    context.out(BlobShape::of3(width, height, in.h / patch.area()));
}

// The grid holds a place for each output element: in its innermost axis (3=0), or in its outermost (3=1).
void gridSample(ShapeContext& context) {
    context.requireDims(3, 4);
    const BlobShape& in = context.in();
    const BlobShape& grid = context.in(1);
    const bool outermost = context.at(3) != 0;
    const int64_t coordinates = in.dims - 1;
    context.require(grid.dims == in.dims && (outermost ? grid.c : grid.w) == coordinates,
                    "a grid of " + std::to_string(in.dims) + " dimensions with " +
                        std::to_string(coordinates) + " coordinates in the " + (outermost ? "first" : "last"),
                    grid.toText());
    if (in.dims == 3) {
        return context.out(outermost ? BlobShape::of3(grid.w, grid.h, in.c)
                                     : BlobShape::of3(grid.h, grid.c, in.c));
    }
    context.out(outermost ? BlobShape::of4(grid.w, grid.h, grid.d, in.c)
                          : BlobShape::of4(grid.h, grid.d, grid.c, in.c));
}

// The offsets have two channels for each element of the kernel, the mask one, at every place of the output.
void deformable(ShapeContext& context) {
    context.requireDims(3);
    const BlobShape& in = context.in();
    const Kernel kernel = Kernel::of(context.layer());
    const int64_t wanted = kernel.weights / std::max<int64_t>(kernel.outputs * kernel.area(), 1);
    context.require(in.c == wanted, std::to_string(wanted) + " input channels", in.toText());
    int64_t sizes[2] = {in.w, in.h};
    for (int axis = 0; axis < 2; axis++) {
        sizes[axis] += kernel.padBefore[axis] + kernel.padAfter[axis];
        context.require(sizes[axis] >= kernel.extent(axis), "a padded input as large as the kernel",
                        in.toText());
        sizes[axis] = (sizes[axis] - kernel.extent(axis)) / kernel.stride[axis] + 1;
    }
    for (size_t i = 1; i < std::min<size_t>(context.ins(), 3); i++) {
        const BlobShape& map = context.in(i);
        const BlobShape needed = BlobShape::of3(sizes[0], sizes[1], kernel.area() * (i == 1 ? 2 : 1));
        context.require(map == needed, (i == 1 ? "offsets " : "a mask ") + needed.toText(), map.toText());
    }
    context.out(BlobShape::of3(sizes[0], sizes[1], kernel.outputs));
}

void requireRegion(const ShapeContext& context) {
    context.require(context.in(1).total() >= 4, "a region of 4 numbers as input 2", context.in(1).toText());
}

// Below three dimensions everything is one channel.
void regionPooling(ShapeContext& context) {
    requireRegion(context);
    context.requireDims(2, 3);
    context.out(BlobShape::of3(context.at(0), context.at(1), context.in().c));
}

void positionPooling(ShapeContext& context) {
    requireRegion(context);
    context.requireDims(3);
    const int64_t w = context.at(0, 7), h = context.at(1, 7), outputs = context.at(3);
    context.requireOutermost(context.in(), product({outputs, w, h}), "channels");
    context.out(BlobShape::of3(w, h, outputs));
}

// A matrix's diagonal, or a matrix with the vector as its diagonal; of more it makes nothing.
void diag(ShapeContext& context) {
    context.requireDims(1, 2);
    const BlobShape& in = context.in();
    const int64_t shift = context.at(0);
    if (in.dims == 1) {
        const int64_t size = in.w + std::abs(shift);
        return context.out(BlobShape::of2(size, size));
    }
    const int64_t length = std::min(in.w - std::max<int64_t>(shift, 0), in.h + std::min<int64_t>(shift, 0));
    const int64_t size = std::min({length, in.w, in.h});
    if (size > 0) context.out(BlobShape::of1(size)); // an empty one is no error
}

// Axes by letter from 'i'. What comes out is in the order i, j, k, l.
void einsum(ShapeContext& context) {
    std::string equation;
    for (const int letter : context.layer().integers(0)) equation += static_cast<char>(letter);
    if (equation == "ii") {
        context.require(context.in().dims == 2 && context.in().w >= context.in().h, "a square matrix",
                        context.in().toText());
        return context.out(BlobShape::of1(1));
    }
    const size_t arrow = equation.find("->");
    if (arrow == std::string::npos) return;
    int64_t sizes[16] = {};
    size_t input = 0;
    int axis = 0;
    for (size_t i = 0; i <= arrow; i++) {
        if (i == arrow || equation[i] == ',') {
            context.require(input < context.ins() && context.in(input).dims == axis,
                            std::to_string(axis) + " dimensions as input " + std::to_string(input + 1),
                            input < context.ins() ? context.in(input).toText() : "none");
            input++;
            axis = 0;
            continue;
        }
        const int letter = equation[i] - 'i';
        if (letter < 0 || letter > 15 || input >= context.ins() || axis >= context.in(input).dims) {
            context.mismatch("inputs as in '" + equation + "'",
                             input < context.ins() ? context.in(input).toText() : "none");
        }
        const int64_t size = context.in(input).axis(axis++);
        context.require(sizes[letter] == 0 || sizes[letter] == size,
                        "one size for '" + std::string(1, equation[i]) + "' in '" + equation + "'",
                        std::to_string(sizes[letter]) + " and " + std::to_string(size));
        sizes[letter] = size;
    }
    context.require(input == context.ins(), std::to_string(input) + " inputs for '" + equation + "'",
                    std::to_string(context.ins()));
    BlobShape out;
    out.dims = static_cast<int>(equation.size() - arrow - 2);
    if (out.dims < 1 || out.dims > 4) return;
    for (int i = 0; i < out.dims; i++) out.axis(i) = sizes[i];
    context.out(out);
}

} // namespace

std::vector<ShapeRule> samplingRules() {
    return {{"Unfold", unfold},
            {"Fold", fold},
            {"GridSample", gridSample},
            {"DeformableConv2D", deformable},
            {"ROIPooling", regionPooling},
            {"ROIAlign", regionPooling},
            {"PSROIPooling", positionPooling},
            {"Diag", diag},
            {"Einsum", einsum}};
}

} // namespace twinfer
