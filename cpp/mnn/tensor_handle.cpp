#include "tensor_handle.h"

#include "../error.h"
#include "checked_input.h"
#include "session_handle.h"
#include "session_output.h"

namespace twinfer::mnn {

MNN::Tensor& TensorHandle::tensor() const {
    if (tensor_ != nullptr && !session_.expired()) return *tensor_;
    throw Error("TWINFER_DISPOSED", "the session of tensor '" + name_ + "' was released");
}

std::shared_ptr<SessionHandle> TensorHandle::session() const {
    tensor();
    return session_.lock();
}

void TensorHandle::expectMemory() const {
    const std::shared_ptr<SessionHandle> owner = session();
    if (!owner->ready()) {
        throw Error("TWINFER_INVALID_STATE",
                    "tensor '" + name_ + "': expected resizeSession first, received no memory yet");
    }
    if (input_ && owner->interpreter().hasUserInputs()) {
        throw Error("TWINFER_INVALID_STATE", "tensor '" + name_ +
                                                 "': expected memory of the session's own, received "
                                                 "Session_Input_User");
    }
}

void TensorHandle::copyFromHost(const InputView& data) {
    expectMemory();
    checkInput({name_, true, shape(), dtype(), layout()}, data);
    const HostTensor host = hostTensorOver(tensor(), const_cast<void*>(data.data));
    if (!tensor().copyFromHostTensor(host.get())) {
        throw Error("TWINFER_ENGINE_FAILED", "MNN has no memory behind tensor '" + name_ + "'");
    }
}

OutputTensor TensorHandle::copyToHost(const Destination& destination) const {
    expectMemory();
    SessionOutput output(&tensor());
    output.refresh();
    return output.read(destination);
}

} // namespace twinfer::mnn
