#include "graph_check.h"

#include <algorithm>
#include <unordered_map>

#include "../../error.h"
#include "arity.h"
#include "layer_types.h"
#include "size_check.h"

namespace twinfer {

namespace {

constexpr const char* kInvalid = "TWINFER_MODEL_INVALID";

class GraphCheck {
  public:
    explicit GraphCheck(const ParamFile& file) : file_(file), producer_(file.blobs.size(), -1) {}

    void run() {
        for (const ParamLayer& layer : file_.layers) {
            checkType(layer);
            checkArity(layer);
            checkSizes(file_, layer);
        }
        findProducers();
        std::vector<int> depth(file_.layers.size(), 0);
        for (size_t i = 0; i < file_.layers.size(); i++) depth[i] = checkBottoms(i, depth);
        checkBytes();
        checkBlobCount();
    }

  private:
    std::string blob(int index) const { return "blob '" + file_.blobs[index] + "'"; }

    void checkType(const ParamLayer& layer) const {
        if (isLayerType(layer.type)) {
            if (isBuiltLayerType(layer.type)) return;
            throw Error("TWINFER_MODEL_UNSUPPORTED",
                        file_.describe(layer) + ": expected a layer type of this build, received '" +
                            layer.type + "', which ncnn 20261020 knows and leaves out",
                        "ncnn's own packages lack it as well: compute it outside of the network.");
        }
        const std::string similar = similarLayerType(layer.type);
        throw Error("TWINFER_MODEL_UNSUPPORTED",
                    file_.describe(layer) + ": expected a layer type of ncnn 20261020, received '" +
                        layer.type + "'" + (similar.empty() ? "" : "; did the file mean '" + similar + "'?"),
                    similar.empty() ? helpForUnknownType(layer.type) : "");
    }

    void checkArity(const ParamLayer& layer) const {
        const Arity arity = arityOf(layer);
        const int bottoms = static_cast<int>(layer.bottoms.size());
        const int tops = static_cast<int>(layer.tops.size());
        if (bottoms < arity.leastBottoms) {
            throw Error(kInvalid, file_.describe(layer) + ": expected at least " +
                                      std::to_string(arity.leastBottoms) +
                                      " bottoms with these parameters, received " + std::to_string(bottoms));
        }
        if (bottoms > arity.mostBottoms) {
            throw Error(
                kInvalid,
                file_.describe(layer) + ": expected at most " + std::to_string(arity.mostBottoms) +
                    " bottoms with these parameters, received " + std::to_string(bottoms),
                "This layer of ncnn 20261020 takes one blob, and load_param refuses the file. The file may "
                "be of another version, or of a converter that writes the sizes as a second input.");
        }
        const int most = arity.topsInPlace ? std::min(arity.mostTops, bottoms) : arity.mostTops;
        if (tops < arity.leastTops || tops > most) {
            const std::string expected = arity.leastTops == most ? std::to_string(most)
                                         : tops > most ? "at most " + std::to_string(most)
                                                       : "at least " + std::to_string(arity.leastTops);
            throw Error(kInvalid, file_.describe(layer) + ": expected " + expected + " tops, received " +
                                      std::to_string(tops));
        }
    }

    void findProducers() {
        std::unordered_map<std::string, int> named;
        for (size_t i = 0; i < file_.layers.size(); i++) {
            for (const int top : file_.layers[i].tops) {
                // A binary .param can name one blob twice; in text the second has an index of its own
                // that nothing can read, as ncnn takes the first of a name.
                const int earlier = producer_[top] >= 0 ? producer_[top] : find(named, file_.blobs[top]);
                if (earlier >= 0) {
                    throw Error(kInvalid, blob(top) + ": expected one producer, received " +
                                              file_.describe(file_.layers[earlier]) + " and " +
                                              file_.describe(file_.layers[i]));
                }
                producer_[top] = static_cast<int>(i);
                named.emplace(file_.blobs[top], static_cast<int>(i));
            }
        }
        producerByName_ = std::move(named);
    }

    static int find(const std::unordered_map<std::string, int>& named, const std::string& name) {
        const auto found = named.find(name);
        return found == named.end() ? -1 : found->second;
    }

    // The number of layers on the longest way to layer `index`, itself included.
    int checkBottoms(size_t index, const std::vector<int>& depth) const {
        const ParamLayer& layer = file_.layers[index];
        int deepest = 0;
        for (const int bottom : layer.bottoms) {
            const int producer =
                producer_[bottom] >= 0 ? producer_[bottom] : find(producerByName_, file_.blobs[bottom]);
            if (producer < 0) {
                throw Error(kInvalid,
                            file_.describe(layer) + ": expected " + blob(bottom) +
                                " to be made by an earlier layer, received a name that no layer makes",
                            "Correct the name, or add an Input layer for it.");
            }
            if (producer >= static_cast<int>(index)) {
                throw Error(kInvalid, file_.describe(layer) + ": expected " + blob(bottom) +
                                          " to be made by an earlier layer, received " +
                                          (producer == static_cast<int>(index)
                                               ? std::string("the layer itself (a cycle)")
                                               : file_.describe(file_.layers[producer]) +
                                                     ", which comes later (out of order, or a cycle)"));
            }
            deepest = std::max(deepest, depth[producer]);
        }
        if (deepest + 1 > kDeepest) {
            throw Error("TWINFER_MODEL_UNSUPPORTED",
                        file_.describe(layer) + ": expected a graph of at most " + std::to_string(kDeepest) +
                            " layers in a row, received more",
                        "ncnn calls itself once for each layer of a chain and would overflow the stack.");
        }
        return deepest + 1;
    }

    // Layers for floats read four bytes for each of an int8 blob's elements, and write as many.
    void checkBytes() const {
        std::vector<char> int8(file_.blobs.size(), 0);
        for (const ParamLayer& layer : file_.layers) {
            const bool kernel = layer.type.rfind("Convolution", 0) == 0 || layer.type == "InnerProduct";
            if (layer.type == "Cast") continue; // it is told what it is given and what it makes
            const bool moves = isMover(layer.type);
            bool given = false;
            for (const int bottom : layer.bottoms) {
                if (!int8[bottom]) continue;
                given = true;
                if (moves || (kernel && layer.integer(8, 0) != 0)) continue;
                throw Error(kInvalid, file_.describe(layer) +
                                          ": expected a blob of floats, received int8 in " + blob(bottom));
            }
            const bool makes = layer.type == "Quantize" || layer.type == "Requantize" ||
                               (kernel && layer.type != "InnerProduct" && layer.integer(8, 0) > 100);
            for (const int top : layer.tops) int8[top] = makes || (moves && given);
        }
    }

    // Layers that copy elements of any size, and ReLU, which ncnn has for int8 as well.
    static bool isMover(const std::string& type) {
        for (const char* mover :
             {"Split", "Noop", "Concat", "Slice", "Crop", "Padding", "Flatten", "Reshape", "Packing",
              "Dropout", "DeepCopy", "ShuffleChannel", "Squeeze", "ExpandDims", "ReLU"}) {
            if (type == mover) return true;
        }
        return false;
    }

    void checkBlobCount() const {
        const int used = static_cast<int>(file_.blobs.size());
        if (used <= file_.announcedBlobs) return;
        throw Error(kInvalid,
                    "line 2 of the .param: expected " + std::to_string(file_.announcedBlobs) +
                        " blobs as it says, received " + std::to_string(used),
                    "Correct the second number on line 2.");
    }

    const ParamFile& file_;
    std::vector<int> producer_; // by blob; -1 without
    std::unordered_map<std::string, int> producerByName_;
};

} // namespace

void checkGraph(const ParamFile& file) {
    GraphCheck(file).run();
}

} // namespace twinfer
