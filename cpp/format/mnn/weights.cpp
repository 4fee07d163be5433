#include "weights.h"

#include <utility>

#include "verify_quantised.h"

namespace twinfer::mnn {

namespace {

using Longs = flatbuffers::Vector<int64_t>;

int64_t bytesOf(ValueFormat format) {
    return format == ValueFormat::fp32 ? 4 : format == ValueFormat::int8 ? 1 : 2;
}

class Collector {
  public:
    Collector(const MNN::Op& op, const void* model) : op_(op), model_(static_cast<const char*>(model)) {}

    OperatorWeights collect() {
        if (op_.main() == nullptr) return {}; // flatbuffers allows a kind of parameters without any
        switch (op_.main_type()) {
        case MNN::OpParameter_Convolution2D: collectConvolution(*op_.main_as_Convolution2D()); break;
        case MNN::OpParameter_Convolution3D: {
            const auto& layer = *op_.main_as_Convolution3D();
            floats(layer.weight(), Role::weight, layer.common() ? layer.common()->outputCount() : 1);
            floats(layer.bias(), Role::bias);
            break;
        }
        case MNN::OpParameter_InnerProduct: {
            const auto& layer = *op_.main_as_InnerProduct();
            floats(layer.weight(), Role::weight, layer.outputCount());
            floats(layer.bias(), Role::bias);
            if (layer.quanParameter()) collectQuantised(*layer.quanParameter(), layer.outputCount());
            break;
        }
        case MNN::OpParameter_Blob: blob(op_.main_as_Blob(), Role::data); break;
        case MNN::OpParameter_MatMul:
            floats(op_.main_as_MatMul()->weight(), Role::weight);
            floats(op_.main_as_MatMul()->bias(), Role::bias);
            break;
        case MNN::OpParameter_Scale:
            floats(op_.main_as_Scale()->scaleData(), Role::scale);
            floats(op_.main_as_Scale()->biasData(), Role::bias);
            break;
        case MNN::OpParameter_BatchNorm:
            floats(op_.main_as_BatchNorm()->slopeData(), Role::scale);
            floats(op_.main_as_BatchNorm()->meanData(), Role::data);
            floats(op_.main_as_BatchNorm()->varData(), Role::data);
            floats(op_.main_as_BatchNorm()->biasData(), Role::bias);
            break;
        case MNN::OpParameter_LayerNorm:
            floats(op_.main_as_LayerNorm()->gamma(), Role::scale);
            floats(op_.main_as_LayerNorm()->beta(), Role::bias);
            break;
        case MNN::OpParameter_GroupNorm:
            floats(op_.main_as_GroupNorm()->gamma(), Role::scale);
            floats(op_.main_as_GroupNorm()->beta(), Role::bias);
            break;
        case MNN::OpParameter_PRelu: floats(op_.main_as_PRelu()->slope(), Role::data); break;
        case MNN::OpParameter_LSTM:
            blob(op_.main_as_LSTM()->weightI(), Role::weight);
            blob(op_.main_as_LSTM()->weightH(), Role::weight);
            blob(op_.main_as_LSTM()->bias(), Role::bias);
            break;
        case MNN::OpParameter_RNNParam: collectRecurrent(*op_.main_as_RNNParam()); break;
        default: break;
        }
        return std::move(found_);
    }

  private:
    template <typename T> Span spanOf(const flatbuffers::Vector<T>& vector) const {
        return {reinterpret_cast<const char*>(vector.data()) - model_, vector.size()};
    }

    void add(Role role, ValueFormat format, Span values, int64_t channels, bool external = false) {
        if (values.count <= 0) return;
        const bool whole = channels > 0 && values.count % channels == 0;
        found_.tensors.push_back({role, format, values, whole ? channels : 1, external});
    }

    void floats(const flatbuffers::Vector<float>* vector, Role role, int64_t channels = 1) {
        if (vector != nullptr) add(role, ValueFormat::fp32, spanOf(*vector), channels);
    }

    // Bytes that hold values of 16 bits.
    template <typename T>
    void halves(const flatbuffers::Vector<T>* bytes, ValueFormat format, Role role, int64_t channels = 1) {
        if (bytes != nullptr) add(role, format, {spanOf(*bytes).offset, bytes->size() / 2}, channels);
    }

    void external(Role role, ValueFormat format, int64_t offset, int64_t bytes, int64_t channels = 1) {
        add(role, format, {offset, bytes / bytesOf(format)}, channels, true);
    }

    static std::optional<ValueFormat> formatOf(MNN::DataType type) {
        switch (type) {
        case MNN::DataType_DT_FLOAT: return ValueFormat::fp32;
        case MNN::DataType_DT_HALF: return ValueFormat::fp16;
        case MNN::DataType_DT_BFLOAT16: return ValueFormat::bf16;
        case MNN::DataType_DT_INT8: return ValueFormat::int8;
        default: return std::nullopt;
        }
    }

    void blob(const MNN::Blob* blob, Role role) {
        const auto format = blob == nullptr ? std::nullopt : formatOf(blob->dataType());
        if (!format) return;
        const Longs* outside = blob->external();
        if (outside != nullptr && outside->size() > 1)
            return external(role, *format, outside->Get(0), outside->Get(1));
        if (*format == ValueFormat::fp32) return floats(blob->float32s(), role);
        if (*format != ValueFormat::int8) halves(blob->uint8s(), *format, role);
    }

    void collectConvolution(const MNN::Convolution2D& layer) {
        const int64_t outputs = layer.common() == nullptr ? 1 : layer.common()->outputCount();
        if (layer.external() != nullptr && layer.external()->size() >= 3)
            return collectExternal(*layer.external(), layer.quanParameter(), outputs);
        floats(layer.weight(), Role::weight, outputs);
        floats(layer.bias(), Role::bias);
        if (layer.quanParameter() != nullptr) collectQuantised(*layer.quanParameter(), outputs);
        const MNN::QuantizedFloatParam* int8 = layer.symmetricQuan();
        if (int8 == nullptr) return;
        if (int8->weight() != nullptr) add(Role::weight, ValueFormat::int8, spanOf(*int8->weight()), outputs);
        floats(int8->scale(), Role::scale);
    }

    // [offset, bytes of weights, bytes of scales or biases, …]: one behind the other from the offset on.
    void collectExternal(const Longs& place, const MNN::IDSTQuan* quantised, int64_t outputs) {
        const int64_t offset = place.Get(0), weights = place.Get(1);
        if (offset < 0 || weights < 0 || offset > INT64_MAX - weights) return;
        if (quantised == nullptr || quantised->type() == kExternal) {
            external(Role::weight, ValueFormat::fp32, offset, weights, outputs);
        } else if (quantised->type() == kHalf) {
            external(Role::weight, ValueFormat::fp16, offset, weights, outputs);
        } else {
            pack(*quantised, outputs);
        }
        if (quantised != nullptr && quantised->scaleStorage() == MNN::ScaleStorageType_FP16) return;
        external(quantised == nullptr ? Role::bias : Role::scale, ValueFormat::fp32, offset + weights,
                 place.Get(2));
    }

    void collectQuantised(const MNN::IDSTQuan& quantised, int64_t outputs) {
        if (quantised.type() == kHalf)
            return halves(quantised.buffer(), ValueFormat::fp16, Role::weight, outputs);
        pack(quantised, outputs);
        floats(quantised.alpha(), Role::scale);
    }

    void collectRecurrent(const MNN::RNNParam& layer) {
        blob(layer.fwGateWeight(), Role::weight);
        blob(layer.fwGateBias(), Role::bias);
        blob(layer.fwCandidateWeight(), Role::weight);
        blob(layer.fwCandidateBias(), Role::bias);
        blob(layer.fwRecurrentBias(), Role::bias);
        blob(layer.bwGateWeight(), Role::weight);
        blob(layer.bwGateBias(), Role::bias);
        blob(layer.bwCandidateWeight(), Role::weight);
        blob(layer.bwCandidateBias(), Role::bias);
        blob(layer.bwRecurrentBias(), Role::bias);
    }

    void pack(const MNN::IDSTQuan& quantised, int64_t channels) {
        PackedValues packed{};
        packed.channels = channels;
        packed.asymmetric = isAsymmetric(quantised);
        packed.lowest = quantised.aMin();
        if (quantised.alpha() != nullptr) {
            packed.scales = spanOf(*quantised.alpha());
        } else if (quantised.alphaFp16() != nullptr) {
            packed.scales = spanOf(*quantised.alphaFp16());
            packed.halfScales = true;
        }
        std::optional<IndexedWeights> indexed;
        if (quantised.buffer() != nullptr) {
            const Span buffer = spanOf(*quantised.buffer());
            packed.offset = buffer.offset;
            if (quantised.type() == kInt8) packed.plain = buffer;
            CollectedFindings known; // verifyOp has said it
            if (quantised.type() == kIndexed)
                indexed =
                    readIndexed(contentOf(*quantised.buffer()), quantised.shapeInt32(), Place(known, ""));
        }
        if (indexed) {
            const auto at = [&](const uint8_t* place) {
                return reinterpret_cast<const char*>(place) - model_;
            };
            packed.samples = Span{at(indexed->samples), indexed->sampleCount};
            packed.indices = Span{at(indexed->indices), indexed->count};
            packed.indexBits = indexed->bits;
        }
        packed.bits = bitsOf(quantised, indexed);
        found_.packed = packed;
    }

    // Converters since 3.1.2 say it (aMaxOrBits, which held the largest value before); else it follows from
    // the values in use: a quantiser gives its largest weight the last of them.
    static int bitsOf(const MNN::IDSTQuan& quantised, const std::optional<IndexedWeights>& indexed) {
        constexpr int kFewest = 2, kMost = 8;
        const int said = quantised.aMaxOrBits();
        if (said >= kFewest && said <= kMost) return said;
        if (!indexed) return kMost;
        int bits = kFewest;
        for (int i = 0; i < indexed->sampleCount; i++) {
            const int sample = static_cast<int8_t>(indexed->samples[i]);
            while (bits < kMost && (sample < -(1 << (bits - 1)) || sample >= 1 << (bits - 1))) bits++;
        }
        return bits;
    }

    const MNN::Op& op_;
    const char* model_;
    OperatorWeights found_;
};

} // namespace

OperatorWeights weightsOf(const MNN::Op& op, const void* model) {
    return Collector(op, model).collect();
}

} // namespace twinfer::mnn
