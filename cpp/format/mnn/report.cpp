#include "report.h"

#include "../finding_json.h"
#include "graph.h"
#include "model_verifier.h"
#include "work.h"

namespace twinfer {

using namespace mnn;

namespace {

// In NumPy's words. MNN keeps an input without a type (DT_INVALID) as float.
const char* nameOf(MNN::DataType type) {
    switch (type) {
    case MNN::DataType_DT_DOUBLE: return "float64";
    case MNN::DataType_DT_INT32: return "int32";
    case MNN::DataType_DT_UINT8: return "uint8";
    case MNN::DataType_DT_INT16: return "int16";
    case MNN::DataType_DT_INT8: return "int8";
    case MNN::DataType_DT_INT64: return "int64";
    case MNN::DataType_DT_BOOL: return "bool";
    case MNN::DataType_DT_BFLOAT16: return "bfloat16";
    case MNN::DataType_DT_UINT16: return "uint16";
    case MNN::DataType_DT_HALF: return "float16";
    default: return "float32";
    }
}

std::string nameOf(MNN::NetSource source) {
    static constexpr const char* kNames[] = {"Caffe", "TensorFlow", "TensorFlow Lite", "ONNX", "Torch"};
    const int index = static_cast<int>(source);
    return index >= 0 && index < 5 ? kNames[index] : "unknown (" + std::to_string(index) + ")";
}

const char* nameOf(Role role) {
    static constexpr const char* kNames[] = {"weight", "bias", "scale", "data"};
    return kNames[static_cast<int>(role)];
}

const char* nameOf(ValueFormat format) {
    static constexpr const char* kNames[] = {"fp32", "fp16", "bf16", "int8"};
    return kNames[static_cast<int>(format)];
}

std::string_view textOf(const flatbuffers::String* text) {
    return text == nullptr ? std::string_view() : std::string_view(text->c_str(), text->size());
}

class Report {
  public:
    Report(std::string_view model, uint64_t weightFileBytes) : model_(model.data()) {
        if (verifyMnnModel(model.data(), model.size(), weightFileBytes, findings_, weightFindings_))
            net_ = MNN::GetNet(model_);
    }

    std::string write() {
        json_.beginObject().key("net");
        net_ == nullptr ? static_cast<void>(json_.null()) : writeNet();
        json_.key("findings");
        writeFindings(json_, findings_);
        json_.key("weightFindings");
        writeFindings(json_, weightFindings_);
        json_.endObject();
        return json_.take();
    }

  private:
    void writeNet() {
        const MNN::ExtraInfo* info = net_->extraInfo();
        json_.beginObject();
        json_.key("converter").string(info == nullptr ? "" : textOf(info->version()));
        json_.key("source").string(nameOf(net_->sourceType()));
        json_.key("bizCode").string(textOf(net_->bizCode()));
        json_.key("uuid").string(textOf(net_->mnn_uuid()));
        json_.key("inputs").beginArray();
        for (const MNN::Op* op : *net_->oplists()) writeInput(*op);
        json_.endArray().key("outputs").beginArray();
        for (const std::string& name : outputsOf(*net_)) json_.string(name);
        json_.endArray().key("subgraphs").beginArray();
        if (net_->subgraphs() != nullptr) {
            for (const MNN::SubGraphProto* graph : *net_->subgraphs()) json_.string(textOf(graph->name()));
        }
        json_.endArray().key("operators").beginArray();
        writeOperators(graphOf(*net_), -1);
        for (size_t i = 0; net_->subgraphs() != nullptr && i < net_->subgraphs()->size(); i++) {
            const auto* subgraph = net_->subgraphs()->Get(static_cast<flatbuffers::uoffset_t>(i));
            writeOperators(graphOf(*subgraph), static_cast<int>(i));
        }
        json_.endArray().key("weights").beginArray();
        for (size_t i = 0; i < loaded_.size(); i++) {
            for (const StoredValues& tensor : loaded_[i].tensors) writeTensor(tensor, i);
        }
        json_.endArray().key("packed").beginArray();
        for (size_t i = 0; i < loaded_.size(); i++) {
            if (loaded_[i].packed) writePacked(*loaded_[i].packed, i);
        }
        json_.endArray().endObject();
    }

    void writeInput(const MNN::Op& op) {
        const MNN::Input* input = op.type() == MNN::OpType_Input ? op.main_as_Input() : nullptr;
        const bool named = op.outputIndexes() != nullptr && op.outputIndexes()->size() > 0;
        if (input == nullptr || !named) return;
        json_.beginObject();
        json_.key("name").string(textOf(graphOf(*net_).tensorAt(op.outputIndexes()->Get(0))));
        json_.key("shape");
        if (input->dims() == nullptr) {
            json_.null();
        } else {
            json_.beginArray();
            // Converters write 0 as well as -1 for a size that they leave open.
            for (const int32_t size : *input->dims()) json_.integer(size > 0 ? size : -1);
            json_.endArray();
        }
        json_.key("dtype").string(nameOf(input->dtype()));
        json_.key("layout").string(input->dformat() == MNN::MNN_DATA_FORMAT_NHWC ? "NHWC" : "NCHW");
        json_.endObject();
    }

    void writeOperators(const Graph& graph, int subgraph) {
        for (flatbuffers::uoffset_t i = 0; graph.ops != nullptr && i < graph.ops->size(); i++) {
            const MNN::Op& op = *graph.ops->Get(i);
            loaded_.push_back(weightsOf(op, model_));
            json_.beginObject();
            json_.key("type").string(typeNameOf(op)).key("name").string(mnn::nameOf(op, i, graph));
            json_.key("inputs");
            writeNames(op.inputIndexes(), graph);
            json_.key("outputs");
            writeNames(op.outputIndexes(), graph);
            json_.key("subgraph");
            subgraph < 0 ? json_.null() : json_.integer(subgraph);
            const std::optional<int64_t> dot = dotLengthOf(op, loaded_.back());
            json_.key("dot");
            dot ? json_.integer(*dot) : json_.null();
            json_.key("approximated").boolean(isTanhGelu(op)).endObject();
        }
    }

    void writeNames(const flatbuffers::Vector<int32_t>* tensors, const Graph& graph) {
        json_.beginArray();
        for (flatbuffers::uoffset_t i = 0; tensors != nullptr && i < tensors->size(); i++) {
            const flatbuffers::String* name = graph.tensorAt(tensors->Get(i));
            if (name != nullptr) json_.string(textOf(name)); // else it is a finding
        }
        json_.endArray();
    }

    void writeTensor(const StoredValues& tensor, size_t index) {
        json_.beginObject().key("operator").integer(static_cast<int64_t>(index));
        json_.key("role").string(nameOf(tensor.role)).key("format").string(nameOf(tensor.format));
        json_.key("offset").integer(tensor.values.offset).key("count").integer(tensor.values.count);
        json_.key("channels").integer(tensor.channels).key("external").boolean(tensor.external).endObject();
    }

    void writePacked(const PackedValues& packed, size_t index) {
        json_.beginObject().key("operator").integer(static_cast<int64_t>(index));
        json_.key("channels").integer(packed.channels).key("bits").integer(packed.bits);
        json_.key("offset").integer(packed.offset);
        json_.key("plain");
        writeSpan(packed.plain);
        json_.key("indices");
        writeSpan(packed.indices);
        json_.key("indexBits").integer(packed.indexBits);
        json_.key("samples");
        writeSpan(packed.samples);
        json_.key("scales");
        writeSpan(packed.scales);
        json_.key("scaleFormat").string(packed.halfScales ? "fp16" : "fp32");
        json_.key("asymmetric").boolean(packed.asymmetric).key("lowest").integer(packed.lowest).endObject();
    }

    void writeSpan(const std::optional<Span>& span) {
        if (!span) {
            json_.null();
            return;
        }
        json_.beginObject().key("offset").integer(span->offset).key("count").integer(span->count).endObject();
    }

    const char* const model_;
    const MNN::Net* net_ = nullptr;
    std::vector<OperatorWeights> loaded_; // of each operator that was written
    CollectedFindings findings_;
    CollectedFindings weightFindings_;
    JsonWriter json_;
};

} // namespace

std::string reportMnn(std::string_view model, uint64_t weightFileBytes) {
    return Report(model, weightFileBytes).write();
}

} // namespace twinfer
