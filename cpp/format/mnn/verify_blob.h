#pragma once

#include <cstdint>
#include <optional>

#include "MNN_generated.h"
#include "verify_external.h"

namespace twinfer::mnn {

// Elements of a shape, refusing negative dimensions (but for -1 where `open`), more than 8 of them
// (MNN writes a fixed array of 9, H10) and tensors of 2 GiB or more (MNN's sizes are int).
std::optional<int64_t> verifyDimensions(const flatbuffers::Vector<int32_t>* dims, int64_t bytesPerElement,
                                        bool open, const Place& place);

// MNN copies product(dims) * bytes from the vector that dataType names, whether it is there or not.
bool verifyBlob(const MNN::Blob* blob, Sidecar& sidecar, const Place& place);

} // namespace twinfer::mnn
