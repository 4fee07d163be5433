#include "cut_network.h"

#include <algorithm>
#include <set>

#include "../../error.h"
#include "layer_types.h"
#include "param_file.h"
#include "text_scanner.h"

namespace twinfer {

namespace {

// Parameters of an Input layer that note the sizes, innermost first.
constexpr int kSizeIds[4][4] = {{0}, {0, 1}, {0, 1, 2}, {0, 1, 11, 2}};
constexpr int32_t kEnd = -233;

class Cutter {
  public:
    Cutter(std::string_view content, const std::vector<int>& layers,
           const std::vector<EnteringBlob>& entering)
        : content_(content), file_(read(content)), layers_(layers), entering_(entering) {
        int before = -1;
        for (const int layer : layers_) {
            if (layer > before && size_t(layer) < file_.layers.size()) {
                before = layer;
                continue;
            }
            throw Error("TWINFER_INVALID_ARGUMENT", "expected ascending layers from 0 to " +
                                                        std::to_string(file_.layers.size() - 1) +
                                                        ", received " + std::to_string(layer));
        }
        for (const EnteringBlob& blob : entering_) {
            if (!blob.shape.empty() && blob.shape.size() <= 4) continue;
            throw Error("TWINFER_INVALID_ARGUMENT", "blob '" + blob.name +
                                                        "': expected 1 to 4 dimensions, received " +
                                                        toString(blob.shape));
        }
    }

    std::string param() const { return file_.binary ? binary() : text(); }

    // Each layer's blocks stand together, and layers that follow one another are one run.
    std::vector<std::pair<int64_t, int64_t>> weights(const WeightSource& source) const {
        const std::vector<PendingBlock> pending = blocksOf(file_, file_.layers.size());
        requireKnown();
        std::vector<std::pair<int64_t, int64_t>> runs;
        for (const PlacedBlock& block : placeBlocks(pending, source.word).blocks) {
            if (!std::binary_search(layers_.begin(), layers_.end(), block.layer)) continue;
            if (block.end() > source.size) {
                throw Error("TWINFER_MODEL_TRUNCATED",
                            file_.describe(file_.layers[size_t(block.layer)]) +
                                ": expected weights up to byte " + std::to_string(block.end()) +
                                " of the .bin, received " + std::to_string(source.size));
            }
            if (!runs.empty() && runs.back().first + runs.back().second == block.start) {
                runs.back().second = block.end() - runs.back().first;
            } else {
                runs.emplace_back(block.start, block.end() - block.start);
            }
        }
        return runs;
    }

  private:
    static ParamFile read(std::string_view content) {
        ThrowingFindings findings;
        return parseParam(content, findings);
    }

    // What an unknown layer loads is not known, nor where the weights behind it stand.
    void requireKnown() const {
        for (size_t i = 0; !layers_.empty() && i <= size_t(layers_.back()); i++) {
            if (isLayerType(file_.layers[i].type)) continue;
            throw Error("TWINFER_MODEL_UNSUPPORTED",
                        file_.describe(file_.layers[i]) +
                            ": expected a type that ncnn has, as weights behind it " + "cannot be found");
        }
    }

    std::string text() const {
        std::string body;
        for (const EnteringBlob& blob : entering_) body += inputLine(blob);
        std::set<int> tops;
        for (const int index : layers_) {
            const ParamLayer& layer = file_.layers[size_t(index)];
            tops.insert(layer.tops.begin(), layer.tops.end());
            body += std::string(trimmed(TextScanner(content_).restOfLine(layer.offset))) + "\n";
        }
        return std::to_string(kParamMagic) + "\n" + std::to_string(entering_.size() + layers_.size()) + " " +
               std::to_string(entering_.size() + tops.size()) + "\n" + body;
    }

    static std::string inputLine(const EnteringBlob& blob) {
        const auto pad = [](std::string text, size_t width) {
            text.resize(std::max(text.size(), width), ' ');
            return text;
        };
        std::string line = pad("Input", 24) + " " + pad(blob.name, 24) + " 0 1 " + blob.name;
        for (size_t i = 0; i < blob.shape.size(); i++) {
            const int id = kSizeIds[blob.shape.size() - 1][i];
            line += " " + std::to_string(id) + "=" + std::to_string(blob.shape[blob.shape.size() - 1 - i]);
        }
        return line + "\n";
    }

    std::string binary() const {
        std::string bytes;
        const auto word = [&](int32_t value) {
            bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
        };
        word(kParamMagic);
        word(static_cast<int32_t>(entering_.size() + layers_.size()));
        word(file_.announcedBlobs);
        for (const EnteringBlob& blob : entering_) {
            const auto found = std::find(file_.blobs.begin(), file_.blobs.end(), blob.name);
            if (found == file_.blobs.end())
                throw Error("TWINFER_INVALID_ARGUMENT", "expected a blob, received '" + blob.name + "'");
            for (const int32_t value : {layerTypeIndex("Input"), 0, 1, int32_t(found - file_.blobs.begin())})
                word(value);
            for (size_t i = 0; i < blob.shape.size(); i++) {
                word(kSizeIds[blob.shape.size() - 1][i]);
                word(blob.shape[blob.shape.size() - 1 - i]);
            }
            word(kEnd);
        }
        for (const int index : layers_) {
            const size_t start = file_.layers[size_t(index)].offset;
            const bool last = size_t(index) + 1 == file_.layers.size();
            const size_t end = last ? content_.size() : file_.layers[size_t(index) + 1].offset;
            bytes.append(content_.substr(start, end - start));
        }
        return bytes;
    }

    const std::string_view content_;
    const ParamFile file_;
    const std::vector<int>& layers_;
    const std::vector<EnteringBlob>& entering_;
};

} // namespace

NetworkPiece cutNetwork(std::string_view param, const std::vector<int>& layers,
                        const std::vector<EnteringBlob>& entering, const WeightSource& weights) {
    const Cutter cutter(param, layers, entering);
    return {cutter.param(), cutter.weights(weights)};
}

} // namespace twinfer
