// Boxes to pool, which a network computes or is given: MNN reads the image that each one names, wherever that
// may be, and the pixels around coordinates that are no numbers. Compiled without RTTI, as it derives from
// classes of MNN's.

// As MNN's CMake defines it where nobody says otherwise: one more function lies before those that are used
// here.
#define MNN_SUPPORT_QUANT_EXTEND

#include "boxes.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <type_traits>

#include "backend/cpu/CPUROIPooling.hpp"
#include "backend/cpu/CPUTensorConvert.hpp"

using MNN::CPUBackend;
using Tensors = std::vector<MNN::Tensor*>;

namespace twinfer::mnn {

namespace {

// Far beyond any image, and small enough for an int.
constexpr float kFarthest = 1 << 20;
// With a sampling ratio of 0 a box has as many samples as pixels, each with a place of its own.
constexpr float kMostSamples = 1 << 22;

template <typename Pooling> class GuardedBoxes : public Pooling {
  public:
    using Pooling::Pooling;

    MNN::ErrorCode onExecute(const Tensors& inputs, const Tensors& outputs) override {
        return areInside(inputs) ? Pooling::onExecute(inputs, outputs) : MNN::INPUT_DATA_ERROR;
    }

  private:
    // As CPUROIAlign::onExecute takes them.
    bool areInside(const Tensors& inputs) {
        const MNN::CoreFunctions* core = static_cast<CPUBackend*>(this->backend())->functions();
        MNN::CPUTensorConverter::convert(inputs[1], &this->mROI, core);
        const float* values = this->mROI.template host<float>();
        if (core->bytes != 4) {
            auto* wide = this->mROITemp->template host<float>();
            core->MNNLowpToFp32(this->mROI.template host<int16_t>(), wide, size_t(this->mROI.elementSize()));
            values = wide;
        }
        const bool named = inputs.size() > 2 && inputs[2]->getType() == halide_type_of<int32_t>();
        for (int i = 0; i < this->mROI.length(0); i++) {
            const float* box = values + ptrdiff_t(i) * this->mROI.stride(0);
            const float image = named ? float(inputs[2]->host<int32_t>()[i]) : *box++;
            if (!(image >= 0 && image < float(inputs[0]->length(0))) || !isSound(box)) return false;
        }
        return true;
    }

    bool isSound(const float* box) const {
        for (int i = 0; i < 4; i++)
            if (!(std::abs(box[i] * this->mSpatialScale) <= kFarthest)) return false;
        if (!std::is_same_v<Pooling, MNN::CPUROIAlign> || this->mSamplingRatio > 0) return true;
        const float width = (box[2] - box[0]) * this->mSpatialScale;
        const float height = (box[3] - box[1]) * this->mSpatialScale;
        // Of two negative sides it makes no samples, and reads their positive number.
        if (width < 0 && height < 0 && this->mAligned) return false;
        return (std::max(width, 1.0f) + float(this->mPooledWidth)) *
                   (std::max(height, 1.0f) + float(this->mPooledHeight)) <=
               kMostSamples;
    }
};

const MNN::RoiParameters& parameterOf(const MNN::Op& op) {
    return *op.main_as_RoiParameters();
}

// What MNN's own creators refuse is made on another backend.
bool isComputed(const MNN::CoreFunctions& core, const MNN::Op& op, bool hasKernel) {
    return hasKernel && (core.bytes == 4 || !parameterOf(op).outputGrad());
}

class PoolingCreator : public CPUBackend::Creator {
  public:
    MNN::Execution* onCreate(const Tensors&, const Tensors&, const MNN::Op* op,
                             MNN::Backend* backend) const override {
        const auto& core = *static_cast<CPUBackend*>(backend)->functions();
        if (!isComputed(core, *op, core.MNNRoiPoolingMax != nullptr)) return nullptr;
        const MNN::RoiParameters& box = parameterOf(*op);
        return std::make_unique<GuardedBoxes<MNN::CPUROIPooling>>(
                   backend, box.pooledWidth(), box.pooledHeight(), box.spatialScale(), box.outputGrad())
            .release();
    }
};

class AlignCreator : public CPUBackend::Creator {
  public:
    MNN::Execution* onCreate(const Tensors&, const Tensors&, const MNN::Op* op,
                             MNN::Backend* backend) const override {
        const auto& core = *static_cast<CPUBackend*>(backend)->functions();
        const bool hasKernels = core.MNNRoiAlignMax != nullptr && core.MNNRoiAlignAvg != nullptr;
        if (!isComputed(core, *op, hasKernels)) return nullptr;
        const MNN::RoiParameters& box = parameterOf(*op);
        return std::make_unique<GuardedBoxes<MNN::CPUROIAlign>>(
                   backend, box.pooledWidth(), box.pooledHeight(), box.samplingRatio(), box.spatialScale(),
                   box.aligned(), box.poolType(), box.outputGrad())
            .release();
    }
};

} // namespace

CPUBackend::Creator* creatorOfBoxes(MNN::OpType type) {
    static PoolingCreator pooling;
    static AlignCreator align;
    if (type == MNN::OpType_ROIPooling) return &pooling;
    return type == MNN::OpType_ROIAlign ? &align : nullptr;
}

} // namespace twinfer::mnn
