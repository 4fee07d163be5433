#include "verify_quantised.h"

#include <cmath>
#include <cstring>
#include <limits>

namespace twinfer::mnn {

namespace {

class BoundedReader {
  public:
    BoundedReader(Bytes bytes, const Place& place) : data_(bytes.data), left_(bytes.size), place_(place) {}

    // Null, which is refused, where there are fewer bytes.
    const uint8_t* take(int64_t bytes) {
        if (bytes < 0 || static_cast<uint64_t>(bytes) > left_) {
            place_.refuse("weight-size", "expected " + std::to_string(bytes) +
                                             " more bytes of compressed weights, received " +
                                             std::to_string(left_));
            return nullptr;
        }
        const uint8_t* start = data_;
        data_ += bytes;
        left_ -= static_cast<size_t>(bytes);
        return start;
    }

    template <typename T> std::optional<int64_t> number() {
        const uint8_t* bytes = take(sizeof(T));
        if (bytes == nullptr) return std::nullopt;
        T value;
        std::memcpy(&value, bytes, sizeof(T));
        return value;
    }

    // How many elements a shape has.
    std::optional<int64_t> shape(bool wide) {
        const auto dimensions = number<uint8_t>();
        if (!dimensions) return std::nullopt;
        if (*dimensions == 0 || *dimensions > 32) {
            place_.refuse("weight-size", "compressed weights without a shape");
            return std::nullopt;
        }
        int64_t elements = 1;
        for (int i = 0; i < *dimensions; i++) {
            const auto size = wide ? number<uint32_t>() : number<uint16_t>();
            if (!size) return std::nullopt;
            elements *= *size;
            if (elements > std::numeric_limits<int32_t>::max()) {
                place_.refuse("weight-size", "compressed weights of 2 GiB");
                return std::nullopt;
            }
        }
        return elements;
    }

    // A byte of which 0 stands for 256.
    std::optional<int64_t> tableSize() {
        const auto size = number<uint8_t>();
        return size == 0 ? 256 : size;
    }

  private:
    const uint8_t* data_;
    size_t left_;
    const Place& place_;
};

int bitsFor(int64_t values) {
    int bits = 1;
    while ((1 << bits) < values) bits++;
    return bits;
}

int64_t bytesFor(int64_t bits, int64_t count) {
    return (bits * count + 7) / 8;
}

// The unsigned number of `bits` bits at place `index`, most significant bit first.
int bitsAt(const uint8_t* data, int bits, int64_t index) {
    int value = 0;
    for (int64_t bit = index * bits; bit < (index + 1) * bits; bit++) {
        value = value * 2 + ((data[bit / 8] >> (7 - bit % 8)) & 1);
    }
    return value;
}

std::optional<int64_t> countIndexed(Bytes bytes, bool wideShape, const Place& place) {
    const auto weights = readIndexed(bytes, wideShape, place);
    if (!weights) return std::nullopt;
    if (1 << weights->bits == weights->sampleCount) return weights->count;
    // An index past the table makes MNN's decoder give up, and its caller reads the null it returns.
    for (int64_t i = 0; i < weights->count; i++) {
        const int index = bitsAt(weights->indices, weights->bits, i);
        if (index < weights->sampleCount) continue;
        place.refuse("weight-size", "weight sample " + std::to_string(index) + " of " +
                                        std::to_string(weights->sampleCount));
        return std::nullopt;
    }
    return weights->count;
}

// Type 2: distances between the weights that are not zero. Their sum must stay inside the weights.
std::optional<int64_t> countSparse(Bytes bytes, bool wideShape, const Place& place) {
    BoundedReader reader(bytes, place);
    const auto elements = reader.shape(wideShape);
    if (!elements) return std::nullopt;
    const auto count = reader.number<uint32_t>();
    if (!count) return std::nullopt;
    const auto bits = reader.number<uint8_t>();
    if (!bits) return std::nullopt;
    if (*bits == 0 || *bits > 8) {
        place.refuse("weight-size", "sparse weights with steps of " + std::to_string(*bits) + " bits");
        return std::nullopt;
    }
    const uint8_t* steps = reader.take(bytesFor(*bits, *count));
    if (steps == nullptr) return std::nullopt;
    int64_t last = 0;
    for (int64_t i = 0; i < *count; i++) last += bitsAt(steps, static_cast<int>(*bits), i);
    if (last >= *elements) {
        place.refuse("weight-size", "a sparse weight beyond the last one");
        return std::nullopt;
    }
    const auto values = reader.tableSize();
    const bool whole = values && reader.take(*values) != nullptr &&
                       reader.take(bytesFor(bitsFor(*values), *count)) != nullptr;
    return whole ? elements : std::nullopt;
}

std::optional<int64_t> countWeights(const MNN::IDSTQuan& quantised, Bytes bytes, const Place& place) {
    switch (quantised.type()) {
    case kIndexed: return countIndexed(bytes, quantised.shapeInt32(), place);
    case kSparse: return countSparse(bytes, quantised.shapeInt32(), place);
    case kHalf: return bytes.size / 2;
    case kInt8: return bytes.size;
    default:
        place.refuse("parameters", "compression type " + std::to_string(quantised.type()));
        return std::nullopt;
    }
}

bool verifyScales(const MNN::IDSTQuan& quantised, int64_t scales, int64_t outputCount, const Place& place) {
    const int64_t perChannel = isAsymmetric(quantised) ? 2 : 1;
    return (scales > 0 && outputCount > 0 && scales % (outputCount * perChannel) == 0) ||
           place.refuse("weight-size", "expected a multiple of " + std::to_string(outputCount * perChannel) +
                                           " scales, received " + std::to_string(scales));
}

bool verifyIndex(const MNN::IDSTQuan& quantised, const Place& place) {
    const size_t scales = quantised.alpha() == nullptr ? 0 : quantised.alpha()->size();
    if (scales != quantised.index()->size()) {
        return place.refuse("weight-size", "as many values as indices are needed");
    }
    for (const uint32_t index : *quantised.index()) {
        if (index >= quantised.weightSize())
            return place.refuse("weight-size", "weight index " + std::to_string(index));
    }
    return true;
}

} // namespace

Bytes contentOf(const flatbuffers::Vector<int8_t>& buffer) {
    return {reinterpret_cast<const uint8_t*>(buffer.data()), buffer.size()};
}

std::optional<IndexedWeights> readIndexed(Bytes bytes, bool wideShape, const Place& place) {
    BoundedReader reader(bytes, place);
    const auto count = reader.shape(wideShape);
    if (!count) return std::nullopt;
    const auto sampleCount = reader.tableSize();
    if (!sampleCount) return std::nullopt;
    const uint8_t* samples = reader.take(*sampleCount);
    if (samples == nullptr) return std::nullopt;
    const int bits = bitsFor(*sampleCount);
    const uint8_t* indices = reader.take(bytesFor(bits, *count));
    if (indices == nullptr) return std::nullopt;
    return IndexedWeights{*count, samples, static_cast<int>(*sampleCount), indices, bits};
}

bool isAsymmetric(const MNN::IDSTQuan& quantised) {
    const bool old =
        quantised.type() == kInt8 && quantised.aMin() == 0 && std::abs(quantised.quantScale()) < 1e-6f;
    return quantised.readType() != 0 || old;
}

bool hasShape(const MNN::IDSTQuan& quantised) {
    return quantised.type() == kIndexed || quantised.type() == kSparse;
}

int64_t countOfVerified(const MNN::IDSTQuan& quantised) {
    if (quantised.index() != nullptr) return quantised.weightSize();
    if (quantised.buffer() == nullptr) return 0;
    ThrowingFindings none;
    if (!hasShape(quantised))
        return countWeights(quantised, contentOf(*quantised.buffer()), Place(none, "")).value_or(0);
    return BoundedReader(contentOf(*quantised.buffer()), Place(none, ""))
        .shape(quantised.shapeInt32())
        .value_or(0);
}

bool verifyQuantised(const MNN::IDSTQuan& quantised, int64_t outputCount, std::pair<int64_t, int64_t> weights,
                     const Place& place) {
    // MNN reads them whatever kind of weights it has, and even where it needs none.
    const bool half = quantised.scaleStorage() == MNN::ScaleStorageType_FP16;
    if (half && quantised.alphaFp16() == nullptr)
        return place.refuse("weight-size", "scales that are said to be fp16, and are not there");
    if (quantised.index() != nullptr) return verifyIndex(quantised, place);
    if (quantised.buffer() == nullptr)
        return place.refuse("weight-size", "compressed weights without a buffer");
    const int64_t scales = half                           ? quantised.alphaFp16()->size()
                           : quantised.alpha() == nullptr ? 0
                                                          : quantised.alpha()->size();
    return verifyCompressed(quantised, contentOf(*quantised.buffer()), scales, outputCount, weights, place);
}

bool verifyCompressed(const MNN::IDSTQuan& quantised, Bytes bytes, int64_t scales, int64_t outputCount,
                      std::pair<int64_t, int64_t> weights, const Place& place) {
    const auto count = countWeights(quantised, bytes, place);
    if (!count || (quantised.type() != kHalf && !verifyScales(quantised, scales, outputCount, place)))
        return false;
    const bool right =
        (weights.first <= 0 && weights.second <= 0) || *count == weights.first || *count == weights.second;
    return (*count != 0 && right) ||
           place.refuse("weight-size", "expected " + std::to_string(weights.first) + " weights, received " +
                                           std::to_string(*count));
}

} // namespace twinfer::mnn
