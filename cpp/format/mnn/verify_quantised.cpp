#include "verify_quantised.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "invalid.h"

namespace twinfer::mnn {

namespace {

class BoundedReader {
  public:
    BoundedReader(const flatbuffers::Vector<int8_t>& bytes, const std::string& where)
        : data_(reinterpret_cast<const uint8_t*>(bytes.data())), left_(bytes.size()), where_(where) {}

    const uint8_t* take(int64_t bytes) {
        if (bytes < 0 || static_cast<uint64_t>(bytes) > left_) {
            invalid(where_ + ": expected " + std::to_string(bytes) +
                    " more bytes of compressed weights, received " + std::to_string(left_));
        }
        const uint8_t* start = data_;
        data_ += bytes;
        left_ -= static_cast<size_t>(bytes);
        return start;
    }

    template <typename T> T number() {
        T value;
        std::memcpy(&value, take(sizeof(T)), sizeof(T));
        return value;
    }

  private:
    const uint8_t* data_;
    size_t left_;
    const std::string& where_;
};

int64_t readShape(BoundedReader& reader, bool wide, const std::string& where) {
    const int dimensions = reader.number<uint8_t>();
    if (dimensions == 0 || dimensions > 32) invalid(where + ": compressed weights without a shape");
    int64_t elements = 1;
    for (int i = 0; i < dimensions; i++) {
        elements *= wide ? reader.number<uint32_t>() : reader.number<uint16_t>();
        if (elements > std::numeric_limits<int32_t>::max()) invalid(where + ": compressed weights of 2 GiB");
    }
    return elements;
}

int bitsFor(int values) {
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

// Type 1: every weight is an index into a table of samples.
int64_t readIndexed(BoundedReader& reader, bool wide, const std::string& where) {
    const int64_t elements = readShape(reader, wide, where);
    int samples = reader.number<uint8_t>();
    if (samples == 0) samples = 256;
    reader.take(samples);
    const int bits = bitsFor(samples);
    const uint8_t* indices = reader.take(bytesFor(bits, elements));
    if (1 << bits == samples) return elements;
    // An index past the table makes MNN's decoder give up, and its caller reads the null it returns.
    for (int64_t i = 0; i < elements; i++) {
        const int index = bitsAt(indices, bits, i);
        if (index >= samples) {
            invalid(where + ": weight sample " + std::to_string(index) + " of " + std::to_string(samples));
        }
    }
    return elements;
}

// Type 2: distances between the weights that are not zero. Their sum must stay inside the weights.
int64_t readSparse(BoundedReader& reader, bool wide, const std::string& where) {
    const int64_t elements = readShape(reader, wide, where);
    const int64_t count = reader.number<uint32_t>();
    const int bits = reader.number<uint8_t>();
    if (bits == 0 || bits > 8)
        invalid(where + ": sparse weights with steps of " + std::to_string(bits) + " bits");
    const uint8_t* steps = reader.take(bytesFor(bits, count));
    int64_t last = 0;
    for (int64_t i = 0; i < count; i++) {
        last += bitsAt(steps, bits, i);
    }
    if (last >= elements) invalid(where + ": a sparse weight beyond the last one");
    int values = reader.number<uint8_t>();
    if (values == 0) values = 256;
    reader.take(values);
    reader.take(bytesFor(bitsFor(values), count));
    return elements;
}

void verifyScales(const MNN::IDSTQuan& quantised, int64_t outputCount, const std::string& where) {
    const bool half = quantised.scaleStorage() == MNN::ScaleStorageType_FP16;
    const int64_t scales = half ? (quantised.alphaFp16() ? quantised.alphaFp16()->size() : 0)
                                : (quantised.alpha() ? quantised.alpha()->size() : 0);
    const bool asymmetric = quantised.readType() != 0 || (quantised.type() == 4 && quantised.aMin() == 0 &&
                                                          std::abs(quantised.quantScale()) < 1e-6f);
    const int64_t perChannel = asymmetric ? 2 : 1;
    if (scales == 0 || outputCount <= 0 || scales % (outputCount * perChannel) != 0) {
        invalid(where + ": expected a multiple of " + std::to_string(outputCount * perChannel) +
                " scales, received " + std::to_string(scales));
    }
}

void verifyIndex(const MNN::IDSTQuan& quantised, const std::string& where) {
    const size_t scales = quantised.alpha() == nullptr ? 0 : quantised.alpha()->size();
    if (scales != quantised.index()->size()) invalid(where + ": as many values as indices are needed");
    for (const uint32_t index : *quantised.index()) {
        if (index >= quantised.weightSize()) invalid(where + ": weight index " + std::to_string(index));
    }
}

} // namespace

void verifyQuantised(const MNN::IDSTQuan& quantised, int64_t outputCount, std::pair<int64_t, int64_t> weights,
                     const std::string& where) {
    if (quantised.index() != nullptr) return verifyIndex(quantised, where);
    if (quantised.buffer() == nullptr) invalid(where + ": compressed weights without a buffer");
    BoundedReader reader(*quantised.buffer(), where);
    int64_t count = 0;
    switch (quantised.type()) {
    case 1: count = readIndexed(reader, quantised.shapeInt32(), where); break;
    case 2: count = readSparse(reader, quantised.shapeInt32(), where); break;
    case 3: count = quantised.buffer()->size() / 2; break;
    case 4: count = quantised.buffer()->size(); break;
    default: invalid(where + ": compression type " + std::to_string(quantised.type()));
    }
    if (quantised.type() != 3) verifyScales(quantised, outputCount, where);
    const bool right =
        (weights.first <= 0 && weights.second <= 0) || count == weights.first || count == weights.second;
    if (count == 0 || !right) {
        invalid(where + ": expected " + std::to_string(weights.first) + " weights, received " +
                std::to_string(count));
    }
}

} // namespace twinfer::mnn
