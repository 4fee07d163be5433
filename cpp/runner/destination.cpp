#include "destination.h"

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

} // namespace twinfer
