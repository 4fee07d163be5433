#include "verify_blob.h"

#include <algorithm>
#include <limits>

#include "invalid.h"

namespace twinfer::mnn {

namespace {

constexpr int64_t kMostBytes = std::numeric_limits<int32_t>::max();
constexpr unsigned kMostDimensions = 8;

template <typename T> int64_t bytesIn(const flatbuffers::Vector<T>* vector) {
    return vector == nullptr ? 0 : static_cast<int64_t>(vector->size()) * static_cast<int64_t>(sizeof(T));
}

struct BlobData {
    int64_t bytesPerElement;
    int64_t bytes; // in the vector that MNN will read
};

BlobData dataOf(const MNN::Blob& blob, const std::string& where) {
    switch (blob.dataType()) {
    case MNN::DataType_DT_FLOAT: return {4, bytesIn(blob.float32s())};
    case MNN::DataType_DT_HALF:
    case MNN::DataType_DT_BFLOAT16: return {2, bytesIn(blob.uint8s())};
    case MNN::DataType_DT_INT32: return {4, bytesIn(blob.int32s())};
    case MNN::DataType_DT_QUINT8:
    case MNN::DataType_DT_UINT8: return {1, bytesIn(blob.uint8s())};
    case MNN::DataType_DT_INT8: return {1, bytesIn(blob.int8s())};
    default:
        // OpCommonUtils::loadBlobData asserts here, which a release build does not, and copies from null.
        invalid(where + ": data type " + std::to_string(blob.dataType()) + " cannot hold a constant");
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

int64_t verifyDimensions(const flatbuffers::Vector<int32_t>* dims, int64_t bytesPerElement, bool open,
                         const std::string& where) {
    if (dims == nullptr) return 1;
    if (dims->size() > kMostDimensions) {
        invalid(where + ": " + std::to_string(dims->size()) + " dimensions, at most 8 are possible");
    }
    int64_t elements = 1;
    bool empty = false;
    for (const int32_t dimension : *dims) {
        if (dimension < (open ? -1 : 0)) invalid(where + ": dimension " + std::to_string(dimension));
        if (dimension == 0) empty = true;
        if (dimension <= 0) continue;
        elements *= dimension;
        if (elements * bytesPerElement > kMostBytes) {
            invalid(where + ": 2 GiB or more, which MNN cannot address");
        }
    }
    return empty ? 0 : elements;
}

bool verifyExternal(const flatbuffers::Vector<int64_t>* external, const Sidecar& sidecar,
                    const std::string& where) {
    if (external == nullptr || external->size() == 0) return false;
    int64_t end = 0;
    for (const int64_t value : *external) {
        if (value < 0 || value > std::numeric_limits<int64_t>::max() - end) {
            invalid(where + ": external weights at " + std::to_string(value));
        }
        end += value;
    }
    if (external->size() == 1) return false; // MNN ignores a lone offset
    if (sidecar.bytes == 0) {
        throw Error("TWINFER_FILE_NOT_FOUND",
                    where + ": its weights lie in a separate file, which is missing",
                    "Put the .mnn.weight file beside the .mnn and open the model by its path.");
    }
    if (static_cast<uint64_t>(end) > sidecar.bytes) {
        throw Error("TWINFER_MODEL_TRUNCATED",
                    where + ": expected at least " + std::to_string(end) +
                        " bytes in the weight file, received " + std::to_string(sidecar.bytes),
                    "The .mnn.weight file belongs to another model or was cut short.");
    }
    return true;
}

void expectExternal(const flatbuffers::Vector<int64_t>* external, unsigned index, int64_t bytes,
                    const std::string& where) {
    const int64_t received = index < external->size() ? external->Get(index) : 0;
    if (received != bytes) {
        invalid(where + ": expected " + std::to_string(bytes) + " external bytes, received " +
                std::to_string(received));
    }
}

void verifyBlob(const MNN::Blob* blob, const Sidecar& sidecar, const std::string& where) {
    if (blob == nullptr) invalid(where + ": no data");
    if (blob->dataFormat() < MNN::MNN_DATA_FORMAT_NCHW || blob->dataFormat() > MNN::MNN_DATA_FORMAT_NC4HW4) {
        invalid(where + ": data format " + std::to_string(blob->dataFormat()));
    }
    const int64_t elements = verifyDimensions(blob->dims(), 4, false, where);
    if (elements == 0) return; // MNN copies nothing
    const auto [bytesPerElement, bytes] = dataOf(*blob, where);
    const int64_t needed = packed(*blob, elements) * bytesPerElement;
    if (verifyExternal(blob->external(), sidecar, where)) {
        // A half constant must carry its inline vector as well, or MNN reports it as broken.
        return expectExternal(blob->external(), 1, needed, where);
    }
    if (bytes < needed) {
        invalid(where + ": expected " + std::to_string(needed) + " bytes of data, received " +
                std::to_string(bytes));
    }
}

} // namespace twinfer::mnn
