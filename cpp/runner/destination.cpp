#include "destination.h"

#include "../error.h"

namespace twinfer {

namespace {
// float16 and bfloat16 travel in arrays of uint16; bool in uint8.
DType carrierOf(DType dtype) {
    if (dtype == DType::float16 || dtype == DType::bfloat16) return DType::uint16;
    return dtype == DType::boolean ? DType::uint8 : dtype;
}
} // namespace

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
