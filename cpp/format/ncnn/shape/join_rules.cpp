#include <algorithm>

#include "shape_context.h"

namespace twinfer {

namespace {

// ncnn skips an axis that is not there, reports success and leaves the output empty.

void concat(ShapeContext& context) {
    const int axis = context.requireAxis(context.at(0));
    BlobShape out = context.in();
    for (size_t i = 1; i < context.ins(); i++) {
        const BlobShape& other = context.in(i);
        bool fits = other.dims == out.dims;
        for (int a = 0; fits && a < out.dims; a++) fits = a == axis || other.axis(a) == out.axis(a);
        context.require(fits,
                        "inputs that agree outside axis " + std::to_string(axis) + ", like " +
                            context.in().toText(),
                        other.toText() + " as input " + std::to_string(i + 1));
        out.axis(axis) += other.axis(axis);
    }
    context.out(out);
}

// With indices (2=) the sizes are the distances between them; otherwise slices (0=), where -233
// shares what is left evenly.
void slice(ShapeContext& context) {
    const BlobShape& in = context.in();
    const int axis = context.requireAxis(context.at(1));
    const int64_t size = in.axis(axis);
    const std::vector<int> slices = context.layer().integers(0);
    const std::vector<int> indices = context.layer().integers(2);
    const int64_t tops = static_cast<int64_t>(context.outs());
    int64_t done = 0;
    for (int64_t i = 0; i < tops; i++) {
        int64_t part;
        if (!indices.empty()) {
            part = i == tops - 1 ? size - done : (indices[i] < 0 ? indices[i] + size : indices[i]) - done;
        } else {
            part = slices[i] == -233 ? (size - done) / (tops - i) : slices[i];
        }
        if (part < 1 || done + part > size) {
            context.mismatch("slices of 1 to " + std::to_string(size - done) + " of what is left of axis " +
                                 std::to_string(axis) + " of " + in.toText(),
                             std::to_string(part) + " for top " + std::to_string(i + 1));
        }
        BlobShape out = in;
        out.axis(axis) = part;
        context.out(out, i);
        done += part;
    }
}

// One count for an axis (0=, 1=), or as NumPy's tile has it, one for each of the innermost axes (2=).
void tile(ShapeContext& context) {
    const BlobShape& in = context.in();
    const std::vector<int> repeats = context.layer().integers(2);
    BlobShape out = in;
    if (repeats.empty()) {
        const int axis = context.axisOf(context.at(0));
        if (axis < 0) context.doubt();
        if (axis >= 0) out.axis(axis) *= context.at(1, 1);
        return context.out(out);
    }
    const size_t count = repeats.size();
    out.dims = std::max(in.dims, static_cast<int>(count));
    // By letters, whatever the place of an axis: channels stay channels when a depth is added.
    out.w *= repeats[count - 1];
    if (count > 1) out.h *= repeats[count - 2];
    if (count == 3) (in.dims == 4 ? out.d : out.c) *= repeats[0];
    if (count == 4) {
        out.d *= repeats[1];
        out.c *= repeats[0];
    }
    context.out(out);
}

void glu(ShapeContext& context) {
    BlobShape out = context.in();
    int64_t& size = out.axis(context.requireAxis(context.at(0)));
    size /= 2;
    context.out(out);
}

} // namespace

std::vector<ShapeRule> joinRules() {
    return {{"Concat", concat}, {"Slice", slice}, {"Tile", tile}, {"GLU", glu}};
}

} // namespace twinfer
