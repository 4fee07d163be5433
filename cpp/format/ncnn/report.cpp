#include "report.h"

#include <cstring>

#include "../finding_json.h"
#include "channel_check.h"
#include "graph_check.h"
#include "shape_hints.h"
#include "weight_check.h"
#include "work.h"

namespace twinfer {

namespace {

using Type = ParamValue::Type;

const char* nameOf(Type type) {
    static constexpr const char* kNames[] = {"int", "float", "ints", "floats", "string", "word", "words"};
    return kNames[static_cast<int>(type)];
}

const char* nameOf(WeightRole role) {
    static constexpr const char* kNames[] = {"weight", "bias", "scale", "data"};
    return kNames[static_cast<int>(role)];
}

void writeNumber(JsonWriter& json, int32_t bits, bool real) {
    float value;
    std::memcpy(&value, &bits, sizeof value);
    real ? json.real(value) : json.integer(bits);
}

// [id, kind, value]
void writeParam(JsonWriter& json, int id, const ParamValue& param) {
    // In text only an array without elements can be read as either.
    const bool either = param.type == Type::words && param.bits.empty();
    json.beginArray().integer(id).string(either ? "ints" : nameOf(param.type));
    const bool real = param.type == Type::real || param.type == Type::reals;
    if (param.type == Type::text) {
        json.string(param.text);
    } else if (param.type == Type::integer || param.type == Type::real || param.type == Type::word) {
        writeNumber(json, param.bits[0], real);
    } else {
        json.beginArray();
        for (const int32_t bits : param.bits) writeNumber(json, bits, real);
        json.endArray();
    }
    json.endArray();
}

class Report {
  public:
    Report(std::string_view param, bool params) : file_(parseParam(param, findings_)), params_(params) {
        checkGraph(file_, findings_);
        checkChannels(file_, findings_);
    }

    std::string write(const std::optional<WeightSource>& weights) {
        json_.beginObject();
        json_.key("format").string(file_.binary ? "ncnn-param-bin" : "ncnn-param");
        json_.key("layerCount");
        writeCount(file_.announcedLayers);
        json_.key("blobCount");
        writeCount(file_.announcedBlobs);
        json_.key("ignoredLines").beginArray();
        for (const int line : file_.ignoredLines) json_.integer(line);
        json_.endArray();
        json_.key("layers").beginArray();
        for (const ParamLayer& layer : file_.layers) writeLayer(layer);
        json_.endArray();
        json_.key("findings");
        writeFindings(json_, findings_);
        json_.key("loadsWeights").boolean(loadsWeights(file_));
        json_.key("weights");
        weights ? writeWeights(*weights) : static_cast<void>(json_.null());
        json_.endObject();
        return json_.take();
    }

  private:
    void writeCount(int count) { count < 0 ? json_.null() : json_.integer(count); }

    void writeNames(const std::vector<int>& blobs) {
        json_.beginArray();
        for (const int blob : blobs) json_.string(file_.blobs[blob]);
        json_.endArray();
    }

    void writeLayer(const ParamLayer& layer) {
        json_.beginObject();
        json_.key("type").string(layer.type).key("name").string(layer.name);
        json_.key("line").integer(file_.lineOf(layer));
        json_.key("inputs");
        writeNames(layer.bottoms);
        json_.key("outputs");
        writeNames(layer.tops);
        json_.key("shapes").beginArray();
        for (const Shape& shape : shapeHints(layer)) writeShape(shape);
        json_.endArray();
        if (params_) writeParams(layer);
        const std::optional<int64_t> dot = dotLengthOf(layer);
        json_.key("dot");
        dot ? json_.integer(*dot) : json_.null();
        json_.key("approximated").boolean(isTanhGelu(layer));
        json_.endObject();
    }

    void writeParams(const ParamLayer& layer) {
        json_.key("params").beginArray();
        for (const auto& [id, value] : layer.params) writeParam(json_, id, value);
        json_.endArray();
    }

    void writeShape(const Shape& shape) {
        if (shape.empty()) {
            json_.null();
            return;
        }
        json_.beginArray();
        for (const int size : shape) json_.integer(size);
        json_.endArray();
    }

    void writeWeights(const WeightSource& weights) {
        CollectedFindings findings;
        const WeightReport report = checkWeights(file_, weights.word, weights.size, findings);
        json_.beginObject();
        json_.key("fits").boolean(report.fits);
        json_.key("findings");
        writeFindings(json_, findings);
        json_.key("blocks").beginArray();
        for (const PlacedBlock& block : report.blocks) writeBlock(block, weights.word);
        json_.endArray().endObject();
    }

    void writeBlock(const PlacedBlock& block, const ReadWord& word) {
        json_.beginObject();
        json_.key("layer").integer(block.layer);
        json_.key("role").string(nameOf(block.block.role)).key("storage").string(nameOf(block.storage));
        json_.key("count").integer(static_cast<int64_t>(block.block.count));
        json_.key("channels").integer(static_cast<int64_t>(block.block.channels));
        json_.key("bits").integer(block.block.bits);
        json_.key("offset").integer(block.offset).key("bytes").integer(block.bytes);
        json_.key("startsWithTag").boolean(startsWithTag(block, word));
        json_.endObject();
    }

    // Numbers of a byte may well look like one.
    static bool startsWithTag(const PlacedBlock& block, const ReadWord& word) {
        const bool plain = block.storage == Storage::fp32 || block.storage == Storage::fp16 ||
                           block.storage == Storage::bf16;
        return plain && block.block.count > 0 && isMarkedTag(word(block.offset).value_or(0));
    }

    CollectedFindings findings_;
    ParamFile file_;
    const bool params_;
    JsonWriter json_;
};

} // namespace

std::string reportNcnn(std::string_view param, const std::optional<WeightSource>& weights, bool params) {
    return Report(param, params).write(weights);
}

} // namespace twinfer
