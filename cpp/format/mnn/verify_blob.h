#pragma once

#include <cstdint>
#include <string>

#include "MNN_generated.h"

namespace twinfer::mnn {

// The sidecar file of external weights ("model.mnn.weight"); bytes is 0 when there is none.
struct Sidecar {
    uint64_t bytes = 0;
};

// Elements of a shape, refusing negative dimensions (but for -1 where `open`), more than 8 of them
// (MNN writes a fixed array of 9, H10) and tensors of 2 GiB or more (MNN's sizes are int).
int64_t verifyDimensions(const flatbuffers::Vector<int32_t>* dims, int64_t bytesPerElement, bool open,
                         const std::string& where);

// MNN copies product(dims) * bytes from the vector that dataType names, whether it is there or not.
void verifyBlob(const MNN::Blob* blob, const Sidecar& sidecar, const std::string& where);

// `external` is [offset, size, size, …] into the sidecar: MNN reads those sizes into buffers of the
// sizes it expects and ignores a failed read. Returns true when there are external weights.
bool verifyExternal(const flatbuffers::Vector<int64_t>* external, const Sidecar& sidecar,
                    const std::string& where);

// Throws unless external[index] is exactly `bytes`.
void expectExternal(const flatbuffers::Vector<int64_t>* external, unsigned index, int64_t bytes,
                    const std::string& where);

} // namespace twinfer::mnn
