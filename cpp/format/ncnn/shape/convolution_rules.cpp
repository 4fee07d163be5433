#include <algorithm>
#include <array>

#include "../kernel.h"
#include "shape_context.h"

namespace twinfer {

namespace {

constexpr int64_t kSameUpper = -233;
constexpr int64_t kSameLower = -234;
constexpr const char* kAxisNames[] = {"width", "height", "depth"};

using Sizes = std::array<int64_t, 3>;

template <typename Test> bool every(const Kernel& kernel, Test test) {
    for (int axis = 0; axis < kernel.axes; axis++) {
        if (!test(kernel.padBefore[axis]) || !test(kernel.padAfter[axis])) return false;
    }
    return true;
}

bool someAbove0(const Kernel& kernel) {
    return !every(kernel, [](int64_t pad) { return pad <= 0; });
}

void refuseMixedPads(const ShapeContext& context, const Kernel& kernel) {
    for (int axis = 0; axis < kernel.axes; axis++) {
        const int64_t least = std::min(kernel.padBefore[axis], kernel.padAfter[axis]);
        if (least < 0) context.invalid("padding of 0 or more on every side", std::to_string(least));
    }
}

// What make_padding turns the spatial sizes into. Without any positive pad, ncnn pads for "SAME" when
// all sides say so, and not at all otherwise.
void pad(const ShapeContext& context, const Kernel& kernel, Sizes& sizes) {
    if (someAbove0(kernel)) {
        refuseMixedPads(context, kernel);
        for (int axis = 0; axis < kernel.axes; axis++)
            sizes[axis] += kernel.padBefore[axis] + kernel.padAfter[axis];
        return;
    }
    const bool same = every(kernel, [](int64_t side) { return side == kSameUpper; }) ||
                      every(kernel, [](int64_t side) { return side == kSameLower; });
    if (!same) return;
    Sizes added{};
    for (int axis = 0; axis < kernel.axes; axis++) {
        const int64_t stride = kernel.stride[axis];
        added[axis] = kernel.extent(axis) + (sizes[axis] - 1) / stride * stride - sizes[axis];
    }
    const auto [least, most] = std::minmax_element(added.begin(), added.begin() + kernel.axes);
    if (*most <= 0) return;
    if (*least < 0) {
        // ncnn hands the negative number to its Padding layer, which writes behind its rows.
        context.mismatch("SAME padding that shrinks no axis of " + context.in().toText(),
                         std::to_string(*least) + " (a stride larger than the kernel)");
    }
    for (int axis = 0; axis < kernel.axes; axis++) sizes[axis] += added[axis];
}

void requireChannels(const ShapeContext& context, const Kernel& kernel, int64_t channels) {
    const int64_t wanted = kernel.inputs();
    if (channels == wanted) return;
    context.mismatch(std::to_string(wanted) + " input channels (weight_data_size " +
                         std::to_string(kernel.weights) + " for " + std::to_string(kernel.outputs) +
                         " outputs, group " + std::to_string(kernel.group) + ", kernel area " +
                         std::to_string(kernel.area()) + ")",
                     std::to_string(channels) + " (" + context.in().toText() + ")");
}

// Checks the number of dimensions and answers the channels. With one dimension too few ncnn takes the
// input for a single channel, but packs its rows in fours when it can and then reads outside.
int64_t channelsOf(ShapeContext& context, const Kernel& kernel) {
    const BlobShape& in = context.in();
    const int wanted = kernel.axes + 1;
    if (kernel.axes == 3 && in.dims == 3) {
        context.doubt(); // a depth of 1 to it
        // But ncnn's Padding takes what is in front and behind for channels.
        const bool flat =
            kernel.transposed || (kernel.size[2] == 1 && kernel.padBefore[2] == 0 && kernel.padAfter[2] == 0);
        context.require(flat, "a depth, for a kernel of more than one or with padding", in.toText());
        return in.c;
    }
    const bool oneChannel = in.dims == wanted - 1 && kernel.axes < 3 && in.outermost() % 4 != 0;
    if (oneChannel && kernel.inputs() == 1) return 1;
    context.requireDims(wanted);
    return in.outermost();
}

BlobShape withSizes(const Kernel& kernel, const Sizes& sizes) {
    if (kernel.axes == 1) return BlobShape::of2(sizes[0], kernel.outputs);
    if (kernel.axes == 2) return BlobShape::of3(sizes[0], sizes[1], kernel.outputs);
    return BlobShape::of4(sizes[0], sizes[1], sizes[2], kernel.outputs);
}

void forward(ShapeContext& context, const Kernel& kernel) {
    const BlobShape& in = context.in();
    Sizes sizes{in.w, kernel.axes > 1 ? in.h : 1, kernel.axes > 2 ? in.d : 1};
    pad(context, kernel, sizes);
    context.requireMemory(BlobShape::of4(sizes[0], sizes[1], sizes[2], in.outermost()));
    for (int axis = 0; axis < kernel.axes; axis++) {
        const int64_t extent = kernel.extent(axis);
        if (sizes[axis] < extent) {
            context.mismatch(std::string("a padded input of at least ") + std::to_string(extent) + " in " +
                                 kAxisNames[axis] + " for the kernel",
                             std::to_string(sizes[axis]) + " (" + in.toText() + ")");
        }
        sizes[axis] = (sizes[axis] - extent) / kernel.stride[axis] + 1;
    }
    context.out(withSizes(kernel, sizes));
}

void transposed(ShapeContext& context, const Kernel& kernel) {
    const BlobShape& in = context.in();
    Sizes sizes{in.w, kernel.axes > 1 ? in.h : 1, kernel.axes > 2 ? in.d : 1};
    const bool cut = someAbove0(kernel);
    if (cut) refuseMixedPads(context, kernel);
    bool fixed = !cut;
    for (int axis = 0; axis < kernel.axes; axis++) fixed = fixed && kernel.outputSize[axis] > 0;
    // Any one side is enough here, unlike for a convolution.
    const bool same = !every(kernel, [](int64_t side) { return side != kSameUpper && side != kSameLower; });
    if (fixed && !same) context.invalid("padding SAME (-233 or -234) with a given output size", "none");
    for (int axis = 0; axis < kernel.axes; axis++) {
        if (kernel.outputPad[axis] < 0) {
            context.invalid("output padding of 0 or more", std::to_string(kernel.outputPad[axis]));
        }
        sizes[axis] = (sizes[axis] - 1) * kernel.stride[axis] + kernel.extent(axis) + kernel.outputPad[axis];
        if (cut) sizes[axis] -= kernel.padBefore[axis] + kernel.padAfter[axis];
        if (!fixed) continue;
        if (kernel.outputSize[axis] > sizes[axis]) {
            context.mismatch("an output size of at most " + std::to_string(sizes[axis]) + " in " +
                                 kAxisNames[axis],
                             std::to_string(kernel.outputSize[axis]));
        }
        sizes[axis] = kernel.outputSize[axis];
    }
    context.out(withSizes(kernel, sizes));
}

// ncnn's old way of writing a fully connected layer: a 1x1 kernel on a vector.
bool isInnerProduct(const ShapeContext& context, const Kernel& kernel) {
    return context.layer().type == "Convolution" && context.in().dims == 1 && kernel.area() == 1;
}

// Weights are another blob: [outputs, inputs / group, (height,) width], or with the first two the other way
// round for a deconvolution. ncnn takes the sizes as they come.
void withWeightsOf(ShapeContext& context, Kernel kernel) {
    context.requireDims(kernel.axes + 1);
    context.requireDims(kernel.axes + 2, kernel.axes + 2, 1);
    const BlobShape& weights = context.in(1);
    kernel.size[0] = weights.w;
    if (kernel.axes > 1) kernel.size[1] = weights.h;
    const int64_t second = kernel.axes > 1 ? weights.d : weights.h;
    kernel.outputs = kernel.transposed ? second * kernel.group : weights.c;
    const int64_t inputs = kernel.transposed ? weights.c : second * kernel.group;
    const int64_t channels = context.in().outermost();
    const bool grouped =
        kernel.group > 0 && channels % kernel.group == 0 && kernel.outputs % kernel.group == 0;
    context.require(inputs == channels && grouped,
                    "weights for " + std::to_string(channels) + " input channels", weights.toText());
    if (context.at(5) != 0) {
        context.require(context.ins() > 2 && context.in(2).total() >= kernel.outputs,
                        std::to_string(kernel.outputs) + " biases as input 3",
                        context.ins() > 2 ? context.in(2).toText() : "none");
    }
    if (kernel.transposed) return transposed(context, kernel);
    forward(context, kernel);
}

void convolution(ShapeContext& context) {
    const Kernel kernel = Kernel::of(context.layer());
    if (kernel.dynamic) return withWeightsOf(context, kernel);
    if (isInnerProduct(context, kernel)) {
        if (context.at(8) != 0) return;
        requireChannels(context, kernel, context.in().w);
        return context.out(BlobShape::of1(kernel.outputs));
    }
    requireChannels(context, kernel, channelsOf(context, kernel));
    if (kernel.transposed) return transposed(context, kernel);
    forward(context, kernel);
}

} // namespace

std::vector<ShapeRule> convolutionRules() {
    std::vector<ShapeRule> rules;
    for (const char* type : kConvolutions) rules.push_back({type, convolution});
    return rules;
}

} // namespace twinfer
