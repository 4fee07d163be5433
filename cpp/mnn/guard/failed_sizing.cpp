// What an attempt to size a model leaves behind where an operator gives up half way (Interp3D in bf16: no
// kernel). MNN's Pipeline frees what it took only at the end of a whole attempt; of a failed one its tensors
// keep pieces of an allocator that the next attempt, or the Pipeline's own end, empties before them, and give
// back to it nodes that are gone. So they are given back at once. The linker hands us the function through
// which Sessions and Modules allocate (--wrap in cpp/CMakeLists.txt).
#include "core/Execution.hpp"
#include "core/Pipeline.hpp"
#include "core/TensorUtils.hpp"
#include "wrapped_symbol.h"

using MNN::Tensor;

#define ALLOC_MEMORY _ZN3MNN8Pipeline11allocMemoryEbb

extern "C" MNN::ErrorCode NAME(__real_, ALLOC_MEMORY)(MNN::Pipeline* self, bool first, bool permitCodegen);

namespace twinfer::mnn {

namespace {

// Inputs and constants lie in memory of their own.
void giveBack(const std::vector<Tensor*>& tensors) {
    for (Tensor* tensor : tensors) {
        if (tensor == nullptr) continue;
        const auto usage = MNN::TensorUtils::getDescribe(tensor)->usage;
        if (usage == Tensor::InsideDescribe::NORMAL || usage == Tensor::InsideDescribe::OUTPUT)
            MNN::TensorUtils::getDescribeOrigin(tensor)->mem = nullptr;
    }
}

void giveBack(MNN::Schedule::PipelineInfo& pipeline) {
    for (MNN::Schedule::OpCacheInfo& info : pipeline.second) {
        if (info.type == MNN::Schedule::CONSTANT) continue;
        // Kernels hold pieces, too, between taking and giving back; the next attempt makes them again.
        info.executionCache.clear();
        for (const auto& command : info.executeBuffer.command) {
            command->execution = nullptr;
            giveBack(command->workInputs);
            giveBack(command->workOutputs);
            giveBack(command->inputs);
            giveBack(command->outputs);
        }
        for (const auto& extra : info.executeBuffer.extras) giveBack({extra.get()});
    }
}

} // namespace

} // namespace twinfer::mnn

extern "C" MNN::ErrorCode NAME(__wrap_, ALLOC_MEMORY)(MNN::Pipeline* self, bool first, bool permitCodegen) {
    const MNN::ErrorCode code = NAME(__real_, ALLOC_MEMORY)(self, first, permitCodegen);
    if (code != MNN::NO_ERROR) twinfer::mnn::giveBack(self->getPipelineInfo());
    return code;
}
