#include "session_placement.h"

#include "MNN_generated.h"
#include "core/Backend.hpp"
#include "core/Execution.hpp"
#include "core/Session.hpp"

namespace twinfer::mnn {

Placement placementOf(const MNN::Session& session) {
    Placement placement;
    for (const MNN::Schedule::OpCacheInfo& info : session.getPipelineInfo(0).second) {
        for (const std::shared_ptr<MNN::Command>& command : info.executeBuffer.command) {
            if (command->execution == nullptr) continue;
            const bool cpu = command->execution->backend()->type() != MNN_FORWARD_VULKAN;
            placement.add(MNN::EnumNameOpType(command->op->type()), cpu);
        }
    }
    return placement;
}

} // namespace twinfer::mnn
