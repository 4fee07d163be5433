#include "session_output.h"

#include <cstdlib>
#include <cstring>
#include <new>

#include "../error.h"
#include "../runner/destination.h"

namespace twinfer::mnn {

void SessionOutput::refresh() {
    shape_ = shapeOf(*tensor_);
    dtype_ = dtypeOf(tensor_->getType());
    layout_ = layoutOf(*tensor_);
    bytes_ = static_cast<size_t>(elementsOf(shape_)) * bytesOf(dtype_);
    plain_ = bytes_ > 0 && isPlainHostMemory(*tensor_);
    host_ = hostTensorOver(*tensor_, nullptr);
}

// Detectors set the number of boxes that they found while they run.
bool SessionOutput::changed() const {
    if (static_cast<size_t>(tensor_->dimensions()) != shape_.size()) return true;
    for (size_t i = 0; i < shape_.size(); i++) {
        if (tensor_->length(static_cast<int>(i)) != shape_[i]) return true;
    }
    return false;
}

OutputTensor SessionOutput::read(const Destination& destination) {
    if (changed()) refresh();
    OutputTensor output{shape_, dtype_, layout_, bytes_, destination.data, nullptr, true};
    void* data = destination.data;
    if (data != nullptr) {
        checkDestination(destination, output);
    } else {
        data = std::malloc(bytes_ == 0 ? 1 : bytes_);
        if (data == nullptr) throw std::bad_alloc();
        output.owner = std::shared_ptr<const void>(data, std::free);
        output.data = data;
    }
    if (bytes_ == 0) return output;
    if (plain_) {
        std::memcpy(data, tensor_->host<void>(), bytes_);
        return output;
    }
    host_->buffer().host = static_cast<uint8_t*>(data);
    if (!tensor_->copyToHostTensor(host_.get())) {
        throw Error("TWINFER_ENGINE_FAILED", "MNN has no memory behind this output");
    }
    return output;
}

} // namespace twinfer::mnn
