// An .mnn.
#include "MNN_generated.h"
#include "read_mnn.h"

namespace {

// Whether a damaged file is one that was cut short is found out in 64 MB of zeros, which the sanitizer writes
// to. Nearly all mutations damage the tables, so most of those end here, or nothing else were ever tried.
bool isWorthTrying(const uint8_t* data, size_t size) {
    if (size < 8 || size % 61 == 0) return true;
    flatbuffers::Verifier verifier(data, size);
    return MNN::VerifyNetBuffer(verifier);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (isWorthTrying(data, size)) twinfer::readMnn(data, size);
    return 0;
}
