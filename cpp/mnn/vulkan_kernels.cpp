#include "vulkan_kernels.h"

// Built without RTTI, as the base class is (cpp/CMakeLists.txt).
#include "backend/VulkanBackend.hpp"

using MNN::VulkanBackend;

namespace {

bool isExactGelu(const MNN::Op* op) {
    const MNN::UnaryOp* unary = op->main_as_UnaryOp();
    return unary != nullptr && unary->opType() == MNN::UnaryOpOperation_GELU_STANDARD;
}

// MNN's own creator of an operator's kernels, less those kernels that are wrong.
class SoundKernels : public VulkanBackend::Creator {
  public:
    explicit SoundKernels(const VulkanBackend::Creator* all) : all_(all) {}

    // Null means "not on this backend": MNN takes the CPU for this operator.
    MNN::VulkanBasicExecution* onCreate(const std::vector<MNN::Tensor*>& inputs,
                                        const std::vector<MNN::Tensor*>& outputs, const MNN::Op* op,
                                        MNN::Backend* backend) const override {
        if (op->type() == MNN::OpType_Softmax) return nullptr;
        const bool fp32 = !static_cast<VulkanBackend*>(backend)->getMemoryPool().permitFp16();
        if (fp32 && isExactGelu(op)) return nullptr;
        return all_->onCreate(inputs, outputs, op, backend);
    }

  private:
    const VulkanBackend::Creator* all_;
};

} // namespace

// VulkanBackend::addCreator, which the static initialisers of MNN's kernels call. The link option --wrap
// sends them here.
extern "C" bool
__real__ZN3MNN13VulkanBackend10addCreatorENS_6OpTypeEPNS0_7CreatorE(MNN::OpType type,
                                                                    VulkanBackend::Creator* creator);
extern "C" bool
__wrap__ZN3MNN13VulkanBackend10addCreatorENS_6OpTypeEPNS0_7CreatorE(MNN::OpType type,
                                                                    VulkanBackend::Creator* creator) {
    const bool guarded = type == MNN::OpType_Softmax || type == MNN::OpType_UnaryOp;
    return __real__ZN3MNN13VulkanBackend10addCreatorENS_6OpTypeEPNS0_7CreatorE(
        type, guarded ? new SoundKernels(creator) : creator); // for good, as MNN's own are
}

namespace twinfer::mnn {

std::string whyKeptOnCpu(const std::string& operatorType) {
    if (operatorType == "Softmax") return "Softmax is kept off the GPU: MNN's shader for it has a race";
    if (operatorType == "UnaryOp") {
        return "fp32 keeps GELU off the GPU: MNN's shader for it is an approximation (77 dB was seen)";
    }
    return "";
}

} // namespace twinfer::mnn
