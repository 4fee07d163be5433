#include "layer_check.h"

#include <algorithm>
#include <limits>

#include "arity.h"
#include "layer_types.h"
#include "size_check.h"

namespace twinfer {

namespace {

constexpr const char* kInvalid = "TWINFER_MODEL_INVALID";
constexpr const char* kUnsupported = "TWINFER_MODEL_UNSUPPORTED";
constexpr const char* kNotThere = "ncnn would read an element that is not there.";

class LayerCheck {
  public:
    LayerCheck(const ParamFile& file, const ParamLayer& layer, Findings& findings)
        : file_(file), layer_(layer), findings_(findings) {}

    void run() {
        if (!isLayerType(layer_.type)) return refuseUnknown();
        if (!isBuiltLayerType(layer_.type)) return refuseLeftOut();
        const Arity arity = arityOf(layer_);
        checkBottoms(arity);
        checkTops(arity);
        checkSizes(file_, layer_, findings_);
        noteAxes();
    }

  private:
    Finding finding(const char* code, std::string message, std::string help) const {
        return {code, std::move(message), std::move(help), layer_.name, file_.lineOf(layer_)};
    }

    Error error(const char* code, const std::string& complaint, const std::string& help = {}) const {
        return Error(code, file_.describe(layer_) + ": expected " + complaint, help);
    }

    void refuseLeftOut() {
        findings_.refuse(
            finding("unknown-layer", "this build of ncnn has no '" + layer_.type + "'",
                    "ncnn 20261020 leaves this type out of its builds: compute it behind the network."),
            error(kUnsupported,
                  "a layer type of this build, received '" + layer_.type +
                      "', which ncnn 20261020 knows and leaves out",
                  "ncnn's own packages lack it as well: compute it outside of the network."));
    }

    void refuseUnknown() {
        const std::string& type = layer_.type;
        const bool left = isOfFramework(type);
        std::string help =
            left ? "pnnx left this operator unconverted, and exits with 0 all the same: replace it in "
                   "the source model."
                 : "A custom layer is code of an application, which registers it with ncnn; the file "
                   "may be sound, and runs there only.";
        const std::string nearest = type.find('.') == std::string::npos ? nearestLayerType(type) : "";
        if (!nearest.empty()) help += " If it is misspelt: the nearest type is " + nearest + ".";
        const std::string similar = similarLayerType(type);
        findings_.refuse(finding("unknown-layer", "ncnn has no layer type '" + type + "'", help),
                         error(kUnsupported,
                               "a layer type of ncnn 20261020, received '" + type + "'" +
                                   (similar.empty() ? "" : "; did the file mean '" + similar + "'?"),
                               similar.empty() ? helpForUnknownType(type) : ""));
    }

    void checkBottoms(const Arity& arity) {
        const int bottoms = static_cast<int>(layer_.bottoms.size());
        const std::string received = ", received " + std::to_string(bottoms);
        if (bottoms < arity.leastBottoms) {
            const std::string least = "at least " + std::to_string(arity.leastBottoms);
            findings_.refuse(finding("layer-inputs",
                                     layer_.type + ": expected " + least + " inputs" + received, kNotThere),
                             error(kInvalid, least + " bottoms with these parameters" + received));
        }
        if (bottoms > arity.mostBottoms) {
            const std::string most = std::to_string(arity.mostBottoms);
            findings_.refuse(
                finding("layer-inputs", layer_.type + ": expected " + most + " input" + received,
                        "ncnn 20261020 refuses such a file: convert the model again."),
                error(kInvalid, "at most " + most + " bottoms with these parameters" + received,
                      "This layer of ncnn 20261020 takes one blob, and load_param refuses the file. The file "
                      "may "
                      "be of another version, or of a converter that writes the sizes as a second input."));
        }
    }

    void checkTops(const Arity& arity) {
        const int tops = static_cast<int>(layer_.tops.size());
        const int most =
            arity.topsInPlace ? std::min<int>(arity.mostTops, layer_.bottoms.size()) : arity.mostTops;
        if (tops >= arity.leastTops && tops <= most) return;
        const std::string expected = arity.leastTops == most ? std::to_string(most)
                                     : tops > most           ? "at most " + std::to_string(most)
                                                             : "at least " + std::to_string(arity.leastTops);
        const std::string received = ", received " + std::to_string(tops);
        findings_.refuse(finding("layer-outputs",
                                 layer_.type + ": expected " + expected + " outputs" + received, kNotThere),
                         error(kInvalid, expected + " tops" + received));
    }

    // pnnx 20261020 writes this for sums over one axis; ncnn runs it, and the next layer reads outside its
    // weights.
    void noteAxes() {
        if (layer_.type != "Reduction" || layer_.integer(1, 1) != 0 || layer_.length(3) > 0) return;
        findings_.note(
            finding("no-axes", "Reduction with reduce_all (1=) 0 and no axes (3=): it reduces nothing",
                    "The next layer gets a larger blob than its weights are for and crashes: convert with "
                    "keepdim, or with another way to write the sum."));
    }

    const ParamFile& file_;
    const ParamLayer& layer_;
    Findings& findings_;
};

} // namespace

void checkLayer(const ParamFile& file, const ParamLayer& layer, Findings& findings) {
    LayerCheck(file, layer, findings).run();
}

} // namespace twinfer
