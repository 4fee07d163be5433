#include "verify_axes.h"

#include <vector>

#include "invalid.h"

namespace twinfer::mnn {

namespace {

constexpr int kMostDimensions = 8;

void expectAxis(int axis, const std::string& where) {
    if (axis < -kMostDimensions || axis > kMostDimensions) invalid(where + ": axis " + std::to_string(axis));
}

void expectAxes(const flatbuffers::Vector<int32_t>* axes, const std::string& where) {
    if (axes == nullptr) return;
    if (axes->size() > static_cast<unsigned>(kMostDimensions)) {
        invalid(where + ": " + std::to_string(axes->size()) + " axes");
    }
    for (const int32_t axis : *axes) expectAxis(axis, where);
}

void expectShape(const flatbuffers::Vector<int32_t>* shape, bool needed, const std::string& where) {
    if (shape == nullptr) {
        if (needed) invalid(where + ": no shape");
        return;
    }
    if (shape->size() > static_cast<unsigned>(kMostDimensions)) {
        invalid(where + ": a shape of " + std::to_string(shape->size()) + " dimensions");
    }
}

} // namespace

void verifyAxes(const MNN::Op& op, const std::string& where) {
    const bool constantShape = op.inputIndexes() == nullptr || op.inputIndexes()->size() < 2;
    if (const auto* axis = op.main_as_Axis()) return expectAxis(axis->axis(), where);
    if (const auto* pack = op.main_as_PackParam()) return expectAxis(pack->axis(), where);
    if (const auto* best = op.main_as_ArgMax()) return expectAxis(best->axis(), where);
    if (const auto* gather = op.main_as_Gather()) return expectAxis(gather->axis(), where);
    if (const auto* hot = op.main_as_OneHotParam()) return expectAxis(hot->axis(), where);
    if (const auto* expand = op.main_as_ExpandDims()) return expectAxis(expand->axis(), where);
    if (const auto* squeeze = op.main_as_SqueezeParam()) return expectAxes(squeeze->squeezeDims(), where);
    if (const auto* reduce = op.main_as_ReductionParam()) return expectAxes(reduce->dim(), where);
    if (const auto* moments = op.main_as_MomentsParam()) return expectAxes(moments->dim(), where);
    if (const auto* norm = op.main_as_LayerNorm()) return expectAxes(norm->axis(), where);
    if (const auto* shape = op.main_as_Reshape()) return expectShape(shape->dims(), constantShape, where);
    if (const auto* shape = op.main_as_QuantizedReshape())
        return expectShape(shape->dims(), constantShape, where);
    if (const auto* slice = op.main_as_Slice()) return expectAxis(slice->axis(), where);
    if (const auto* flatten = op.main_as_Flatten()) {
        expectAxis(flatten->axis(), where);
        expectAxis(flatten->endAxis(), where);
    }
}

} // namespace twinfer::mnn
