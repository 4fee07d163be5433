#include "destination.h"

#include <cstring>

#include "../error.h"

namespace twinfer {

void checkDestination(const Destination& destination, const OutputTensor& output) {
    if (carrierOf(destination.dtype) != carrierOf(output.dtype)) {
        throw Error("TWINFER_DTYPE_MISMATCH", std::string("expected an output array of ") +
                                                  nameOf(output.dtype) + ", received one of " +
                                                  nameOf(destination.dtype));
    }
    if (destination.bytes != output.bytes) {
        const size_t each = bytesOf(output.dtype);
        throw Error("TWINFER_LENGTH_MISMATCH", "expected an output array of " +
                                                   std::to_string(output.bytes / each) +
                                                   " elements for shape " + toString(output.shape) +
                                                   ", received " + std::to_string(destination.bytes / each));
    }
}

OutputTensor copyOf(const InputView& input, const TensorSpec& spec, const Destination& destination) {
    OutputTensor output{input.shape, spec.dtype, spec.layout, input.bytes, destination.data, nullptr, true};
    if (destination.data != nullptr) {
        checkDestination(destination, output);
        std::memcpy(destination.data, input.data, input.bytes);
        return output;
    }
    const std::shared_ptr<char[]> memory(new char[input.bytes]);
    std::memcpy(memory.get(), input.data, input.bytes);
    output.data = memory.get();
    output.owner = memory;
    return output;
}

} // namespace twinfer
