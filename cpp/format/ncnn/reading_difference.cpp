#include "reading_difference.h"

#include <algorithm>
#include <set>
#include <string>

namespace twinfer {

namespace {

// Compute each element, or each innermost row, by itself; or keep the elements in their order.
const std::set<std::string>& byRow() {
    static const std::set<std::string> types = {
        "AbsVal",        "BNLL",     "BatchNorm", "CELU",        "Cast",      "Clip",         "Convolution",
        "Convolution1D", "DeepCopy", "Dropout",   "ELU",         "Embed",     "Erf",          "Exp",
        "ExpandDims",    "Flatten",  "GELU",      "HardSigmoid", "HardSwish", "InnerProduct", "Input",
        "LayerNorm",     "Log",      "Mish",      "Noop",        "PReLU",     "Packing",      "Power",
        "RMSNorm",       "ReLU",     "Reshape",   "SELU",        "Scale",     "Shrink",       "Sigmoid",
        "Softplus",      "Split",    "Squeeze",   "Swish",       "TanH",      "Threshold",    "UnaryOp"};
    return types;
}

// The same with and without a leading 1, and something else for rows taken one by one.
const std::set<std::string>& byBlob() {
    static const std::set<std::string> types = {
        "LSTM", "GRU", "RNN", "MVN", "LRN", "InstanceNorm", "StatisticsPooling", "Spectrogram", "Gemm"};
    return types;
}

Shape withItems(const BlobShape& blob, int items) {
    Shape shape = blob.toShape();
    if (items > 1) shape.insert(shape.begin(), items);
    shape.erase(shape.begin(), std::find_if(shape.begin(), shape.end(), [](int size) { return size != 1; }));
    return shape;
}

class Difference {
  public:
    Difference(const ParamFile& file, const ReadShapes& a, const ReadShapes& b)
        : file_(file), a_(a), b_(b), same_(file.blobs.size(), false) {}

    bool none() {
        for (const ParamLayer& layer : file_.layers) {
            const auto isSame = [&](int blob) { return same_[blob]; };
            const bool bottoms = std::all_of(layer.bottoms.begin(), layer.bottoms.end(), isSame);
            const bool keeps = bottoms && computesTheSame(layer);
            for (const int top : layer.tops) same_[top] = keeps && sameShape(top);
        }
        const std::vector<int> outputs = file_.outputs();
        return std::all_of(outputs.begin(), outputs.end(), [&](int blob) { return same_[blob]; });
    }

  private:
    const BlobShape& a(int blob) const { return a_.inference.shapes[blob]; }
    const BlobShape& b(int blob) const { return b_.inference.shapes[blob]; }

    bool sameShape(int blob) const {
        if (!a(blob).known() && !b(blob).known()) return a_.items == b_.items && a_.items == 1;
        return a(blob).known() && b(blob).known() &&
               withItems(a(blob), a_.items) == withItems(b(blob), b_.items);
    }

    bool computesTheSame(const ParamLayer& layer) const {
        if (byRow().count(layer.type) != 0) return true;
        const auto equal = [&](int blob) { return a(blob).known() && a(blob) == b(blob); };
        if (a_.items == b_.items && std::all_of(layer.bottoms.begin(), layer.bottoms.end(), equal))
            return true;
        if (layer.bottoms.empty()) return true;
        if (byBlob().count(layer.type) != 0) return a_.items == b_.items;
        if (layer.type == "BinaryOp" || layer.type == "Eltwise") return alike(layer);
        if (layer.type == "Softmax" || layer.type == "CumulativeSum" || layer.type == "GLU" ||
            layer.type == "Concat") {
            return sameAxis(layer, layer.integer(0, 0));
        }
        if (layer.type == "Slice") return sameAxis(layer, layer.integer(1, 0));
        if (layer.type == "Reduction") return reducesTheSame(layer);
        return false;
    }

    // Operands of one shape need no broadcasting.
    bool alike(const ParamLayer& layer) const {
        const int first = layer.bottoms[0];
        return std::all_of(layer.bottoms.begin(), layer.bottoms.end(),
                           [&](int blob) { return a(blob) == a(first) && b(blob) == b(first); });
    }

    // The place of an axis counted from the innermost; an axis of a vector is its only one.
    static int inner(const BlobShape& blob, int axis) {
        if (blob.dims == 1) return 0;
        return axis < 0 ? -1 - axis : blob.dims - 1 - axis;
    }

    bool sameAxis(const ParamLayer& layer, int axis) const {
        const int bottom = layer.bottoms[0];
        return inner(a(bottom), axis) == inner(b(bottom), axis);
    }

    std::set<int> reduced(const ParamLayer& layer, const BlobShape& blob) const {
        std::set<int> axes;
        const bool all = layer.integer(1, 1) != 0 || blob.dims == 1;
        for (int i = 0; all && i < blob.dims; i++) axes.insert(i);
        for (const int axis : layer.integers(3)) axes.insert(inner(blob, axis));
        for (auto it = axes.begin(); it != axes.end();) {
            const int index = blob.dims - 1 - *it;
            const bool counts = index >= 0 && index < blob.dims && blob.axis(index) > 1;
            it = counts ? std::next(it) : axes.erase(it);
        }
        return axes;
    }

    bool reducesTheSame(const ParamLayer& layer) const {
        const int bottom = layer.bottoms[0];
        return reduced(layer, a(bottom)) == reduced(layer, b(bottom));
    }

    const ParamFile& file_;
    ReadShapes a_;
    ReadShapes b_;
    std::vector<bool> same_;
};

} // namespace

bool sameResults(const ParamFile& file, const ReadShapes& a, const ReadShapes& b) {
    return Difference(file, a, b).none();
}

} // namespace twinfer
