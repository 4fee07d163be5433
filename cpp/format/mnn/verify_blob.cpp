#include "verify_blob.h"

#include <algorithm>
#include <limits>

namespace twinfer::mnn {

namespace {

constexpr int64_t kMostBytes = std::numeric_limits<int32_t>::max();
constexpr unsigned kMostDimensions = 8;

template <typename T> int64_t bytesIn(const flatbuffers::Vector<T>* vector) {
    return vector == nullptr ? 0 : static_cast<int64_t>(vector->size()) * static_cast<int64_t>(sizeof(T));
}

struct BlobData {
    int64_t bytesPerElement; // 0: no constant can be of this type
    int64_t bytes;           // in the vector that MNN will read
};

BlobData dataOf(const MNN::Blob& blob) {
    switch (blob.dataType()) {
    case MNN::DataType_DT_FLOAT: return {4, bytesIn(blob.float32s())};
    case MNN::DataType_DT_HALF:
    case MNN::DataType_DT_BFLOAT16: return {2, bytesIn(blob.uint8s())};
    case MNN::DataType_DT_INT32: return {4, bytesIn(blob.int32s())};
    case MNN::DataType_DT_QUINT8:
    case MNN::DataType_DT_UINT8: return {1, bytesIn(blob.uint8s())};
    case MNN::DataType_DT_INT8: return {1, bytesIn(blob.int8s())};
    default: return {0, 0};
    }
}

// MNN rounds channels up to its pack of 4 when it asks a packed tensor for its size.
int64_t packed(const MNN::Blob& blob, int64_t elements) {
    const auto* dims = blob.dims();
    if (blob.dataFormat() != MNN::MNN_DATA_FORMAT_NC4HW4 || dims == nullptr || dims->size() < 2)
        return elements;
    const int64_t channels = dims->Get(1);
    return channels == 0 ? 0 : elements / channels * ((channels + 3) / 4 * 4);
}

} // namespace

std::optional<int64_t> verifyDimensions(const flatbuffers::Vector<int32_t>* dims, int64_t bytesPerElement,
                                        bool open, const Place& place) {
    const auto refuse = [&](const std::string& what) {
        place.refuse("parameters", what);
        return std::nullopt;
    };
    if (dims == nullptr) return 1;
    if (dims->size() > kMostDimensions) {
        return refuse(std::to_string(dims->size()) + " dimensions, at most 8 are possible");
    }
    int64_t elements = 1;
    bool empty = false;
    for (const int32_t dimension : *dims) {
        if (dimension < (open ? -1 : 0)) return refuse("dimension " + std::to_string(dimension));
        if (dimension == 0) empty = true;
        if (dimension <= 0) continue;
        elements *= dimension;
        if (elements * bytesPerElement > kMostBytes) return refuse("2 GiB or more, which MNN cannot address");
    }
    return empty ? 0 : elements;
}

bool verifyBlob(const MNN::Blob* blob, Sidecar& sidecar, const Place& place) {
    if (blob == nullptr) return place.refuse("parameters", "no data");
    if (blob->dataFormat() < MNN::MNN_DATA_FORMAT_NCHW || blob->dataFormat() > MNN::MNN_DATA_FORMAT_NC4HW4) {
        return place.refuse("parameters", "data format " + std::to_string(blob->dataFormat()));
    }
    const auto elements = verifyDimensions(blob->dims(), 4, false, place);
    if (!elements) return false;
    if (*elements == 0) return true; // MNN copies nothing
    const auto [bytesPerElement, bytes] = dataOf(*blob);
    if (bytesPerElement == 0) {
        // OpCommonUtils::loadBlobData asserts here, which a release build does not, and copies from null.
        return place.refuse("parameters",
                            "data type " + std::to_string(blob->dataType()) + " cannot hold a constant");
    }
    const int64_t needed = packed(*blob, *elements) * bytesPerElement;
    const External external = verifyExternal(blob->external(), sidecar, place);
    if (external == External::unsound) return false;
    // A half constant must carry its inline vector as well, or MNN reports it as broken.
    if (external == External::there) return expectExternal(blob->external(), 1, needed, place);
    return bytes >= needed ||
           place.refuse("weight-size",
                        "expected " + std::to_string(needed) + " bytes of data, received " +
                            std::to_string(bytes),
                        {"expected " + std::to_string(needed / bytesPerElement) +
                         " values of data, received " + std::to_string(bytes / bytesPerElement)});
}

} // namespace twinfer::mnn
