// A new type of layer or operator in an engine must not slip past the checks: each has a rule, or stands here
// with the reason why it has none. A reason that no longer holds fails as well.
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <sstream>

#include <ncnn/layer.h>
#include <ncnn/modelbin.h>
#include <ncnn/paramdict.h>

#include "check.h"
#include "format/mnn/operator_rule.h"
#include "format/ncnn/arity.h"
#include "format/ncnn/layer_types.h"
#include "format/ncnn/shape/shape_context.h"
#include "format/ncnn/size_checker.h"
#include "format/ncnn/weight_plan.h"
#include "mnn/guard/rules.h"

using namespace twinfer;

namespace {

// ncnn's own list, which ends with its last type.
enum NcnnType {
#include <ncnn/layer_type_enum.h>
    kNcnnTypes
};

// Names, apart by spaces, and why these have none.
using Reasons = std::map<std::string, std::string>;

const Reasons kNoShapeRule = {
    {"Input", "its shape is given"},
    {"ArgMax SPP", "this build of ncnn has no code for them, and checkGraph refuses them"},
};

const Reasons kNoOperatorRule = {
    {"QuantizedAdd QuantizedAvgPool QuantizedDepthwiseConv2D QuantizedLogistic QuantizedMaxPool "
     "QuantizedSoftmax TfQuantizedConv2D EltwiseInt8 InstanceNorm Moments",
     "refused: their kernels are for old models, and built only with MNN_SUPPORT_DEPRECATED_OPV2"},
    {"Texture RasterAndInterpolate RasterDiff", "refused: built only with MNN_SUPPORT_RENDER"},
    {"FmhaV2 Fmhca SplitGeLU SeqLen2Spatial GroupNorm", "refused: only backends for GPUs have kernels"},
    {"Extra Plugin", "refused: the code is the application's own"},
    {"AbsVal AsString BatchNorm Bnll Broastcast Copy Dropout Exp Im2Seq Log NonMaxSuppression Power "
     "QuantizeMaxMin QuantizeV2 QuantizedBiasAdd ReduceJoin ReluGrad Requantize RequantizationRange Seq2Out "
     "SoftmaxGrad StringSplit StringToNumber",
     "refused: no backend has a kernel, converters write other operators for them"},
};

const Reasons kNoSizingRule = {
    {"Const TrainableParam Input", "computed from nothing"},
    {"ELU Selu Sigmoid TanH Threshold ZeroGrad", "element by element, sized as its input"},
    {"Rank Shape Size", "reads the shape of its input, which has bounds, and none of its values"},
    {"Where Det", "MNN looks at types, dimensions and memory itself before it sizes them"},
    {"If MoE", "only a Module runs them, with the subgraphs that verify/ looked at"},
};

#define CHECK_OF(name, condition, what) test::report((condition), __FILE__, __LINE__, (name) + ": " + (what))

// Each of `types` has a rule or a reason, and not both; each reason is for one that exists.
void coverAll(const std::vector<std::string>& types, const std::function<bool(const std::string&)>& hasRule,
              const Reasons& reasons, const std::string& kind) {
    std::set<std::string> excused;
    for (const auto& [names, reason] : reasons) {
        std::istringstream words(names);
        for (std::string name; words >> name;) CHECK_OF(name, excused.insert(name).second, "named twice");
    }
    for (const std::string& type : types) {
        const bool excuse = excused.erase(type) != 0;
        CHECK_OF(type, hasRule(type) || excuse, "has no " + kind + " and no reason for it");
        CHECK_OF(type, !(hasRule(type) && excuse), "has a " + kind + " by now");
    }
    for (const std::string& name : excused) CHECK_OF(name, false, "the engine has no such type");
}

std::vector<std::string> ncnnTypes() {
    std::vector<std::string> names;
    for (int type = 0; type < layerTypeCount(); type++) names.push_back(layerTypeName(type));
    return names;
}

std::unique_ptr<ncnn::Layer> created(const std::string& type) {
    return std::unique_ptr<ncnn::Layer>(ncnn::create_layer_cpu(layerTypeIndex(type)));
}

void everyLayerIsShaped() {
    CHECK(layerTypeCount() == kNcnnTypes);
    std::set<std::string> ruled;
    for (const auto family :
         {convolutionRules, poolingRules, elementwiseRules, normalisationRules, reshapeRules, joinRules,
          cropRules, resizeRules, matrixRules, sequenceRules, samplingRules, detectionRules, signalRules}) {
        for (const ShapeRule& rule : family()) ruled.insert(rule.type);
    }
    coverAll(
        ncnnTypes(), [&](const std::string& type) { return ruled.count(type) != 0; }, kNoShapeRule,
        "shape rule");
    for (const std::string& type : ncnnTypes()) {
        const bool refused = type == "ArgMax" || type == "SPP";
        CHECK_OF(type, isBuiltLayerType(type) != refused, "is built now, or no longer");
    }
}

// What ncnn passes one blob to, and takes one from, is "one blob only" to it.
void everyLayerHasItsArity() {
    for (const std::string& type : ncnnTypes()) {
        const auto layer = created(type);
        if (!layer || type == "Input") continue;
        layer->load_param(ncnn::ParamDict());
        ParamLayer bare;
        bare.type = type;
        const Arity arity = arityOf(bare);
        const bool single =
            arity.leastBottoms == 1 && arity.mostBottoms == 1 && arity.leastTops == 1 && arity.mostTops == 1;
        CHECK_OF(type, single == layer->one_blob_only, "takes other numbers of blobs than arityOf says");
    }
}

// Counts what a layer asks of a .bin, and has none of it.
class EmptyBin : public ncnn::ModelBin {
  public:
    mutable int asked = 0;
    ncnn::Mat load(int, int) const override {
        asked++;
        return {};
    }
};

// With small sizes everywhere, so that whoever has weights has some.
void everyWeightIsPlanned() {
    constexpr int kParams = 19;
    std::string line;
    ncnn::ParamDict params;
    for (int id = 0; id < kParams; id++) {
        line += " " + std::to_string(id) + "=1";
        params.set(id, 1);
    }
    std::set<std::string> sized;
    for (const auto family : {weightSizeRules, plainSizeRules}) {
        for (const SizeRule& rule : family()) sized.insert(rule.type);
    }
    for (const std::string& type : ncnnTypes()) {
        const ParamFile file = parseTextParam("7767517\n2 2\nInput i 0 1 a\n" + type + " l 1 1 a b" + line);
        const bool planned = !weightsOf(file.layers[1])->empty();
        CHECK_OF(type, !planned || sized.count(type) != 0, "has weights and no rule for its sizes");
        const auto layer = created(type);
        if (planned || !layer) continue;
        EmptyBin bin;
        layer->load_param(params);
        layer->load_model(bin);
        CHECK_OF(type, bin.asked == 0, "loads weights that weightsOf does not know");
    }
}

void everyOperatorHasItsRules() {
    std::vector<std::string> all, run;
    std::map<std::string, MNN::OpType> types;
    for (const MNN::OpType type : MNN::EnumValuesOpType()) {
        const std::string name = MNN::EnumNameOpType(type);
        types[name] = type;
        all.push_back(name);
        if (mnn::ruleFor(type) != nullptr) run.push_back(name);
    }
    coverAll(
        all, [&](const std::string& name) { return mnn::ruleFor(types[name]) != nullptr; }, kNoOperatorRule,
        "operator rule");
    coverAll(
        run, [&](const std::string& name) { return mnn::ruleToSize(types[name]) != nullptr; }, kNoSizingRule,
        "sizing rule");
}

} // namespace

int main() {
    everyLayerIsShaped();
    everyLayerHasItsArity();
    everyWeightIsPlanned();
    everyOperatorHasItsRules();
    return failures();
}
