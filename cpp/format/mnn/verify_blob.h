#pragma once

#include <cstdint>
#include <optional>

#include "MNN_generated.h"
#include "place.h"

namespace twinfer::mnn {

// The sidecar file of external weights ("model.mnn.weight"), which has findings of its own.
struct Sidecar {
    uint64_t bytes; // 0 when there is none
    Findings& findings;
    bool missed = false; // that it is not there is said once
};

// Elements of a shape, refusing negative dimensions (but for -1 where `open`), more than 8 of them
// (MNN writes a fixed array of 9, H10) and tensors of 2 GiB or more (MNN's sizes are int).
std::optional<int64_t> verifyDimensions(const flatbuffers::Vector<int32_t>* dims, int64_t bytesPerElement,
                                        bool open, const Place& place);

// MNN copies product(dims) * bytes from the vector that dataType names, whether it is there or not.
bool verifyBlob(const MNN::Blob* blob, Sidecar& sidecar, const Place& place);

enum class External { none, there, unsound };

// `external` is [offset, size, size, …] into the sidecar: MNN reads those sizes into buffers of the
// sizes it expects and ignores a failed read.
External verifyExternal(const flatbuffers::Vector<int64_t>* external, Sidecar& sidecar, const Place& place);

// Whether external[index] is exactly `bytes`.
bool expectExternal(const flatbuffers::Vector<int64_t>* external, unsigned index, int64_t bytes,
                    const Place& place);

} // namespace twinfer::mnn
