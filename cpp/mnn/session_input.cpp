#include "session_input.h"

#include "../error.h"

namespace twinfer::mnn {

void SessionInput::copy(const void* data) {
    host_->buffer().host = const_cast<uint8_t*>(static_cast<const uint8_t*>(data));
    if (!tensor_->copyFromHostTensor(host_.get())) {
        throw Error("TWINFER_ENGINE_FAILED", "MNN has no memory behind input '" + spec_.name + "'");
    }
}

} // namespace twinfer::mnn
