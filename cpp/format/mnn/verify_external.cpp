#include "verify_external.h"

#include <cstring>
#include <limits>
#include <utility>

#include "verify_quantised.h"

namespace twinfer::mnn {

namespace {

int64_t sizeAt(const flatbuffers::Vector<int64_t>& external, unsigned index) {
    return index < external.size() ? external.Get(index) : 0;
}

// Where part `index` begins: the parts lie one after the other.
int64_t offsetOf(const flatbuffers::Vector<int64_t>& external, unsigned index) {
    int64_t offset = external.Get(0);
    for (unsigned i = 1; i < index; i++) offset += external.Get(i);
    return offset;
}

// Each value of sparse weights has an index, which MNN writes it to.
bool verifyIndices(const MNN::Convolution2D& layer, const Sidecar& sidecar, const Place& place) {
    const auto& external = *layer.external();
    const auto bytes = sidecar.file.read(uint64_t(offsetOf(external, 4)), uint64_t(sizeAt(external, 4)));
    if (int64_t(bytes.size()) != sizeAt(external, 4) || sizeAt(external, 4) != sizeAt(external, 2))
        return place.refuse("weight-size", "as many values as indices are needed");
    for (size_t i = 0; i + sizeof(uint32_t) <= bytes.size(); i += sizeof(uint32_t)) {
        uint32_t index;
        std::memcpy(&index, bytes.data() + i, sizeof(index));
        if (index >= layer.quanParameter()->weightSize())
            return place.refuse("weight-size", "weight index " + std::to_string(index));
    }
    return true;
}

} // namespace

External verifyExternal(const flatbuffers::Vector<int64_t>* external, Sidecar& sidecar, const Place& place) {
    if (external == nullptr || external->size() == 0) return External::none;
    int64_t end = 0;
    for (const int64_t value : *external) {
        if (value < 0 || value > std::numeric_limits<int64_t>::max() - end) {
            place.refuse("damaged-table", "external weights at " + std::to_string(value));
            return External::unsound;
        }
        end += value;
    }
    if (external->size() == 1) return External::none; // MNN ignores a lone offset
    const Place outside = place.of(sidecar.findings);
    if (sidecar.file.bytes == 0) {
        if (!std::exchange(sidecar.missed, true)) {
            outside.refuse("weights-not-found",
                           Error("TWINFER_FILE_NOT_FOUND",
                                 place.in("its weights lie in a separate file, which is missing"),
                                 "Put the .mnn.weight file beside the .mnn and open the model by its path."));
        }
    } else if (static_cast<uint64_t>(end) > sidecar.file.bytes) {
        outside.refuse(
            "missing-bytes",
            Error("TWINFER_MODEL_TRUNCATED",
                  place.in("expected at least " + std::to_string(end) +
                           " bytes in the weight file, received " + std::to_string(sidecar.file.bytes)),
                  "The .mnn.weight file belongs to another model or was cut short."));
    }
    return External::there;
}

bool expectExternal(const flatbuffers::Vector<int64_t>* external, unsigned index, int64_t bytes,
                    const Place& place) {
    const int64_t received = index < external->size() ? external->Get(index) : 0;
    return received == bytes ||
           place.refuse("weight-size", "expected " + std::to_string(bytes) + " external bytes, received " +
                                           std::to_string(received));
}

bool verifyExternalQuantised(const MNN::Convolution2D& layer, std::pair<int64_t, int64_t> weights,
                             const Sidecar& sidecar, const Place& place) {
    const auto& external = *layer.external();
    const auto& quantised = *layer.quanParameter();
    if (external.size() < 3) return place.refuse("weight-size", "external weights without scales");
    const int64_t outputs = layer.common()->outputCount();
    // Nothing stands for biases that neither file has; a size of 0 stands for zeros.
    if (layer.bias() == nullptr || layer.bias()->size() == 0) {
        if (external.size() < 4) return place.refuse("weight-size", "no biases");
        if (external.Get(3) != 0 && !expectExternal(&external, 3, outputs * int64_t(sizeof(float)), place))
            return false;
    }
    // Of these two MNN takes the sidecar's bytes even where the model has some (OpCommonUtils.cpp,
    // _RebuildExternalOp).
    const bool isReplaced = layer.sparseParameter() != nullptr || quantised.scaleIn() != 0;
    if (quantised.buffer() != nullptr && !isReplaced)
        return verifyQuantised(quantised, outputs, weights, place);
    if (weights.first < 0)
        return place.refuse("parameters", "external compressed weights of an unknown number");
    if (!sidecar.file.read || sidecar.file.bytes == 0) return true;
    if (quantised.index() == nullptr && sizeAt(external, 4) > 0) return verifyIndices(layer, sidecar, place);
    const bool half = quantised.scaleStorage() == MNN::ScaleStorageType_FP16;
    const int64_t scales = external.Get(2) / int64_t(half ? sizeof(uint16_t) : sizeof(float));
    // Of the others the size is enough, which is known to be there: large files are not read twice.
    std::vector<uint8_t> bytes;
    if (hasShape(quantised)) bytes = sidecar.file.read(uint64_t(external.Get(0)), uint64_t(external.Get(1)));
    const size_t size = hasShape(quantised) ? bytes.size() : size_t(external.Get(1));
    return verifyCompressed(quantised, {bytes.data(), size}, scales, outputs, weights, place);
}

} // namespace twinfer::mnn
