#include <memory>

#include <ncnn/layer.h>

#include "check.h"
#include "format/ncnn/graph_check.h"
#include "format/ncnn/layer_types.h"

using namespace twinfer;

namespace {

constexpr const char* kInvalid = "TWINFER_MODEL_INVALID";

// Counts layers and blobs itself; `lines` one layer each.
ParamFile fileOf(const std::vector<std::string>& lines) {
    std::string text = "7767517\n" + std::to_string(lines.size()) + " 1000000\n";
    for (const std::string& line : lines) text += line + "\n";
    return parseTextParam(text);
}

void check(const std::vector<std::string>& lines) {
    checkGraph(fileOf(lines));
}

// One layer behind an input, with parameters that are the point of the test.
void checkLayer(const std::string& type, const std::string& params) {
    check({"Input in 0 1 a", type + " layer 1 1 a b " + params});
}

void wantsProducersInOrder() {
    check({"Input in 0 1 a", "ReLU r 1 1 a b", "Split s 1 2 b c d", "Eltwise e 2 1 c d f 0=1"});
    CHECK_THROWS(kInvalid, "no layer makes", check({"Input in 0 1 a", "ReLU r 1 1 x b"}));
    CHECK_THROWS(kInvalid, "comes later", check({"Input in 0 1 a", "ReLU r 1 1 c b", "ReLU s 1 1 a c"}));
    CHECK_THROWS(kInvalid, "cycle", check({"Input in 0 1 a", "Eltwise r 2 1 a b b"}));
    CHECK_THROWS(kInvalid, "one producer", check({"Input in 0 1 a", "ReLU r 1 1 a b", "ReLU s 1 1 b a"}));
    CHECK_THROWS(kInvalid, "blobs as it says",
                 checkGraph(parseTextParam("7767517\n2 1\nInput i 0 1 a\nReLU r 1 1 a b\n")));
}

void knowsWhatIsBuilt() {
    for (int i = 0; i < layerTypeCount(); i++) {
        const std::unique_ptr<ncnn::Layer> layer(ncnn::create_layer_cpu(i));
        CHECK(isBuiltLayerType(layerTypeName(i)) == (layer != nullptr));
    }
}

void letsNamesOfLayersRepeat() {
    check({"Input x 0 1 a", "ReLU x 1 1 a b", "ReLU x 1 1 b c"});
}

void wantsEnoughBottoms() {
    CHECK_THROWS(kInvalid, "at least 1 bottoms", check({"Input i 0 1 a", "Concat c 0 1 b"}));
    CHECK_THROWS(kInvalid, "at least 2 bottoms", check({"Input i 0 1 a", "Eltwise e 1 1 a b 0=1"}));
    CHECK_THROWS(kInvalid, "at least 2 bottoms", checkLayer("BinaryOp", "0=0"));
    checkLayer("BinaryOp", "0=0 1=1 2=0.5");
    CHECK_THROWS(kInvalid, "at least 2 bottoms", checkLayer("Crop", "0=1"));
    checkLayer("Crop", "0=1 3=4");
    CHECK_THROWS(kInvalid, "at least 2 bottoms", checkLayer("Reshape", "6=\"1w,0h\""));
    CHECK_THROWS(kInvalid, "at least 2 bottoms", checkLayer("Convolution", "0=1 1=1 6=1 19=1"));
    CHECK_THROWS(kInvalid, "1 tops", check({"Input i 0 1 a", "ReLU r 1 2 a b c"}));
    CHECK_THROWS(kInvalid, "at most 1 tops", check({"Input i 0 1 a", "Noop n 1 2 a b c"}));
}

void wantsKnownTypes() {
    CHECK_THROWS("TWINFER_MODEL_UNSUPPORTED", "'Convolution'", checkLayer("convolution", "0=1"));
    CHECK_THROWS("TWINFER_MODEL_UNSUPPORTED", "'F.fancy'", checkLayer("F.fancy", ""));
    CHECK_THROWS("TWINFER_MODEL_UNSUPPORTED", "leaves out", checkLayer("ArgMax", "0=1"));
    CHECK(helpForUnknownType("F.fancy").find("pnnx left") != std::string::npos);
    for (const char* custom : {"rife.Warp", "YoloV5Focus", "Correlation"}) {
        CHECK(helpForUnknownType(custom).find("custom layer") != std::string::npos);
    }
}

void wantsNoMoreBottoms() {
    CHECK_THROWS(kInvalid, "at most 1 bottoms",
                 check({"Input i 0 1 a", "Input j 0 1 b", "Padding p 2 1 a b c"}));
    CHECK_THROWS(kInvalid, "at most 1 bottoms",
                 check({"Input i 0 1 a", "Input j 0 1 b", "ReLU r 2 1 a b c"}));
    CHECK_THROWS(kInvalid, "at most 1 bottoms",
                 check({"Input i 0 1 a", "Input j 0 1 b", "BinaryOp r 2 1 a b c 0=0 1=1 2=1.0"}));
    check({"Input i 0 1 a", "Input j 0 1 b", "Reshape r 2 1 a b c 6=\"1w,1h\""});
    check({"Input i 0 1 a", "Input j 0 1 b", "PriorBox p 2 1 a b c -23300=1,8.0 9=-233 10=-233"});
    CHECK_THROWS(kInvalid, "at least 2 bottoms",
                 checkLayer("PriorBox", "-23300=1,8.0 -23301=1,9.0 9=-233 10=-233"));
}

void keepsInt8FromLayersForFloats() {
    CHECK_THROWS(kInvalid, "int8 in blob 'b'",
                 check({"Input i 0 1 a", "Quantize q 1 1 a b", "Sigmoid s 1 1 b c"}));
    CHECK_THROWS(kInvalid, "int8",
                 check({"Input i 0 1 a", "Requantize q 1 1 a b", "Flatten f 1 1 b c", "ReLU r 1 1 c d",
                        "Sigmoid s 1 1 d e"}));
    CHECK_THROWS(kInvalid, "received both",
                 check({"Input i 0 1 a", "Input j 0 1 b", "Quantize q 1 1 a c", "Concat k 3 1 c c b d"}));
    check({"Input i 0 1 a", "Quantize q 1 1 a b", "Split s 1 2 b c d",
           "Convolution x 1 1 c e 0=1 1=1 6=1 8=2", "Convolution y 1 1 d f 0=1 1=1 6=1 8=102",
           "Padding p 1 1 f g 0=1", "Convolution z 1 1 g h 0=1 1=1 6=1 8=2", "ReLU r 1 1 h o"});
}

void refusesWhatIsTooOld() {
    CHECK_THROWS(kInvalid, "1=1", checkLayer("Softmax", "0=1"));
    checkLayer("Softmax", "0=1 1=1");
    checkLayer("Softmax", "0=0");
    CHECK_THROWS(kInvalid, "5=1", checkLayer("Reduction", "0=3 1=0 -23303=2,2,3"));
    checkLayer("Reduction", "0=3 1=0 -23303=2,1,2 5=1");
    CHECK_THROWS(kInvalid, "n_fft", checkLayer("Spectrogram", "0=2000000000"));
}

void capsTheDepth() {
    std::vector<std::string> lines = {"Input in 0 1 b0"};
    const auto add = [&](int to) {
        while (static_cast<int>(lines.size()) < to) {
            const std::string i = std::to_string(lines.size());
            lines.push_back("ReLU r" + i + " 1 1 b" + std::to_string(lines.size() - 1) + " b" + i);
        }
    };
    add(kDeepest);
    check(lines);
    add(kDeepest + 1);
    CHECK_THROWS("TWINFER_MODEL_UNSUPPORTED", "at most 4096", check(lines));
}

void wantsSizesThatFit() {
    checkLayer("Convolution", "0=8 1=3 6=216");
    CHECK_THROWS(kInvalid, "multiple of num_output x kernel = 81",
                 checkLayer("Convolution", "0=9 1=3 6=216"));
    CHECK_THROWS(kInvalid, "stride", checkLayer("Convolution", "0=8 1=3 3=0 6=216"));
    CHECK_THROWS(kInvalid, "group", checkLayer("ConvolutionDepthWise", "0=8 1=3 6=72 7=3"));
    CHECK_THROWS(kInvalid, "received 0", checkLayer("Convolution", "0=8.0 1=3 6=216")); // a float is no size
    CHECK_THROWS(kInvalid, "multiple of num_output = 7", checkLayer("InnerProduct", "0=7 2=100"));
    CHECK_THROWS(kInvalid, "input_dim", checkLayer("Embed", "0=4 1=10 3=44"));
    CHECK_THROWS(kInvalid, "channels", checkLayer("BatchNorm", "0=-4"));
    CHECK_THROWS(kInvalid, "num_slope", checkLayer("PReLU", "0=0"));
    CHECK_THROWS(kInvalid, "affine_size", checkLayer("LayerNorm", "0=-1"));
    checkLayer("LayerNorm", "0=0 2=0");
    CHECK_THROWS(kInvalid, "2147483647", check({"MemoryData m 0 1 a 0=65536 1=65536"}));
    CHECK_THROWS(kInvalid, "0 or 1", checkLayer("Gemm", "4=7 5=1 8=4 9=4"));
    CHECK_THROWS(kInvalid, "embed_dim", checkLayer("MultiHeadAttention", "0=10 1=3 2=100"));
    CHECK_THROWS(kInvalid, "multiple of hidden", checkLayer("LSTM", "0=4 1=30"));
    CHECK_THROWS(kInvalid, "slices", check({"Input i 0 1 a", "Slice s 1 3 a b c d -23300=2,1,1"}));
    CHECK_THROWS(kInvalid, "coefficients",
                 check({"Input i 0 1 a", "Split s 1 2 a b c", "Eltwise e 2 1 b c d 0=1 1=1.0,"}));
    CHECK_THROWS(kInvalid, "'+' with 1 operands", checkLayer("Reshape", "6=\"+(0w)\""));
}

} // namespace

int main() {
    wantsProducersInOrder();
    knowsWhatIsBuilt();
    letsNamesOfLayersRepeat();
    wantsEnoughBottoms();
    wantsKnownTypes();
    wantsNoMoreBottoms();
    refusesWhatIsTooOld();
    keepsInt8FromLayersForFloats();
    capsTheDepth();
    wantsSizesThatFit();
    return failures();
}
