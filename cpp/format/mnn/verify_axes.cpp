#include "verify_axes.h"

#include <algorithm>

namespace twinfer::mnn {

namespace {

constexpr int kMostDimensions = 8;

bool expectAxis(int axis, const Place& place) {
    return (axis >= -kMostDimensions && axis <= kMostDimensions) ||
           place.refuse("parameters", "axis " + std::to_string(axis));
}

bool expectAxes(const flatbuffers::Vector<int32_t>* axes, const Place& place) {
    if (axes == nullptr) return true;
    if (axes->size() > static_cast<unsigned>(kMostDimensions)) {
        return place.refuse("parameters", std::to_string(axes->size()) + " axes");
    }
    return std::all_of(axes->begin(), axes->end(), [&](int32_t axis) { return expectAxis(axis, place); });
}

bool expectShape(const flatbuffers::Vector<int32_t>* shape, bool needed, const Place& place) {
    if (shape == nullptr) return !needed || place.refuse("parameters", "no shape");
    return shape->size() <= static_cast<unsigned>(kMostDimensions) ||
           place.refuse("parameters", "a shape of " + std::to_string(shape->size()) + " dimensions");
}

} // namespace

bool verifyAxes(const MNN::Op& op, const Place& place) {
    const bool constantShape = op.inputIndexes() == nullptr || op.inputIndexes()->size() < 2;
    if (const auto* axis = op.main_as_Axis()) return expectAxis(axis->axis(), place);
    if (const auto* pack = op.main_as_PackParam()) return expectAxis(pack->axis(), place);
    if (const auto* best = op.main_as_ArgMax()) return expectAxis(best->axis(), place);
    if (const auto* gather = op.main_as_Gather()) return expectAxis(gather->axis(), place);
    if (const auto* hot = op.main_as_OneHotParam()) return expectAxis(hot->axis(), place);
    if (const auto* expand = op.main_as_ExpandDims()) return expectAxis(expand->axis(), place);
    if (const auto* squeeze = op.main_as_SqueezeParam()) return expectAxes(squeeze->squeezeDims(), place);
    if (const auto* reduce = op.main_as_ReductionParam()) return expectAxes(reduce->dim(), place);
    if (const auto* moments = op.main_as_MomentsParam()) return expectAxes(moments->dim(), place);
    if (const auto* norm = op.main_as_LayerNorm()) return expectAxes(norm->axis(), place);
    if (const auto* shape = op.main_as_Reshape()) return expectShape(shape->dims(), constantShape, place);
    if (const auto* shape = op.main_as_QuantizedReshape())
        return expectShape(shape->dims(), constantShape, place);
    if (const auto* slice = op.main_as_Slice()) return expectAxis(slice->axis(), place);
    if (const auto* flatten = op.main_as_Flatten()) {
        return expectAxis(flatten->axis(), place) && expectAxis(flatten->endAxis(), place);
    }
    return true;
}

} // namespace twinfer::mnn
