#include "check.h"
#include "ncnn/shape_check.h"

using namespace twinfer;

namespace {

constexpr const char* kMismatch = "TWINFER_SHAPE_MISMATCH";
constexpr const char* kInvalid = "TWINFER_MODEL_INVALID";

// The shape of the last top of one layer behind as many inputs as there are shapes.
Shape behind(const std::string& type, const std::vector<Shape>& inputs, const std::string& params,
             int tops = 1) {
    std::string text = "7767517\n" + std::to_string(inputs.size() + 1) + " 99\n";
    std::map<std::string, Shape> shapes;
    std::string bottoms;
    for (size_t i = 0; i < inputs.size(); i++) {
        const std::string name = "in" + std::to_string(i);
        text += "Input " + name + " 0 1 " + name + "\n";
        bottoms += " " + name;
        shapes[name] = inputs[i];
    }
    text += type + " layer " + std::to_string(inputs.size()) + " " + std::to_string(tops) + bottoms;
    for (int i = 0; i < tops; i++) text += " out" + std::to_string(i);
    const ParamFile file = parseTextParam(text + " " + params + "\n");
    return inferShapes(file, shapes).back().toShape();
}

// Every expected shape was also read back from ncnn 20261020.
void convolutions() {
    CHECK((behind("Convolution", {{3, 17, 19}}, "0=8 1=3 3=2 4=1 6=216") == Shape{8, 9, 10}));
    CHECK((behind("Convolution", {{3, 17, 19}}, "0=8 1=3 3=2 4=-233 6=216") == Shape{8, 9, 10}));
    CHECK((behind("Convolution", {{20}}, "0=5 1=1 6=100") == Shape{5}));
    CHECK((behind("ConvolutionDepthWise", {{8, 9, 9}}, "0=16 1=3 4=1 6=288 7=4") == Shape{16, 9, 9}));
    CHECK((behind("Deconvolution", {{8, 6, 5}}, "0=4 1=3 3=2 4=1 18=1 6=288") == Shape{4, 12, 10}));
    CHECK((behind("Convolution1D", {{3, 40}}, "0=8 1=5 4=2 6=120") == Shape{8, 40}));
    CHECK((behind("Convolution3D", {{4, 5, 6, 7}}, "0=6 1=3 4=1 6=648") == Shape{6, 5, 6, 7}));
    CHECK_THROWS(kMismatch, "3 input channels", behind("Convolution", {{4, 9, 9}}, "0=8 1=3 6=216"));
    CHECK_THROWS(kMismatch, "at least 3 in width", behind("Convolution", {{3, 9, 2}}, "0=8 1=3 6=216"));
    CHECK_THROWS(kMismatch, "3 dimensions", behind("Convolution", {{9, 9}}, "0=8 1=3 6=216"));
    CHECK_THROWS(kInvalid, "padding of 0 or more",
                 behind("Convolution", {{3, 9, 9}}, "0=8 1=3 4=1 15=-2 6=216"));
    CHECK_THROWS(kMismatch, "shrinks no axis",
                 behind("Convolution", {{3, 17, 19}}, "0=8 1=3 3=9 4=-233 6=216"));
    CHECK_THROWS(kMismatch, "8 input channels",
                 behind("ConvolutionDepthWise", {{9, 9, 9}}, "0=8 1=3 6=72 7=8"));
}

void poolings() {
    CHECK((behind("Pooling", {{8, 13, 14}}, "0=0 1=3 2=2 3=1") == Shape{8, 7, 8}));
    CHECK((behind("Pooling", {{8, 13, 14}}, "0=0 1=2 2=2 5=1") == Shape{8, 6, 7}));
    CHECK((behind("Pooling", {{8, 13, 14}}, "0=1 4=1") == Shape{8}));
    CHECK((behind("Pooling", {{8, 13, 14}}, "0=1 7=1 8=-233 18=1") == Shape{8, 1, 14}));
    CHECK_THROWS(kMismatch, "shrinks no axis", behind("Pooling", {{8, 8, 9}}, "0=0 1=3 12=4 11=1 5=2"));
    CHECK_THROWS(kMismatch, "pooling window", behind("Pooling", {{8, 2, 9}}, "0=0 1=3 5=1"));
}

void reductions() {
    CHECK((behind("Reduction", {{8, 6, 5}}, "0=3 1=0 -23303=2,1,-1 4=1 5=1") == Shape{8, 1, 1}));
    CHECK((behind("Reduction", {{8, 6, 5}}, "0=3 1=0 -23303=1,0 5=1") == Shape{6, 5}));
    CHECK((behind("Reduction", {{8, 6, 5}}, "0=0") == Shape{1}));
    CHECK_THROWS(kInvalid, "at least one axis", behind("Reduction", {{8, 6}}, "0=0 1=0 -23303=0 5=1"));
    CHECK_THROWS(kInvalid, "axes from -2", behind("Reduction", {{8, 6}}, "0=0 1=0 -23303=1,-4 5=1"));
}

void reshapes() {
    CHECK((behind("Reshape", {{8, 6, 5}}, "0=30 1=-1") == Shape{8, 30}));
    CHECK((behind("Reshape", {{8, 6, 5}}, "0=0 1=3 2=-1") == Shape{16, 3, 5}));
    CHECK((behind("Reshape", {{8, 6, 5}}, "6=\"*(0w,0h),0c\"") == Shape{8, 30}));
    CHECK((behind("Reshape", {{96}}, "12=0 13=0 6=\"1,1,//(96,0n),0n\"") == Shape{96, 1, 1}));
    // ncnn passes a matrix with as many rows through, however wide it is.
    CHECK((behind("Reshape", {{8, 6}}, "0=5 1=8") == Shape{8, 6}));
    CHECK_THROWS(kMismatch, "240 elements", behind("Reshape", {{8, 6, 5}}, "0=7 1=6 2=8"));
    CHECK_THROWS(kInvalid, "at most one size of -1", behind("Reshape", {{8, 6, 5}}, "0=-1 1=-1"));
    CHECK((behind("Permute", {{3, 4, 5}}, "0=3") == Shape{4, 5, 3}));
    CHECK_THROWS(kMismatch, "below 2", behind("Permute", {{4, 5}}, "0=2"));
    CHECK((behind("Squeeze", {{1, 6, 1}}, "-23303=1,0") == Shape{6, 1}));
    CHECK((behind("ExpandDims", {{6, 1}}, "-23303=2,0,3") == Shape{1, 6, 1, 1}));
    CHECK((behind("Flatten", {{8, 6, 5}}, "") == Shape{240}));
}

void joins() {
    CHECK((behind("Concat", {{2, 3, 4}, {5, 3, 4}}, "0=0") == Shape{7, 3, 4}));
    CHECK_THROWS(kMismatch, "like [2,3,4]", behind("Concat", {{2, 3, 4}, {5, 3, 3}}, "0=0"));
    CHECK_THROWS(kMismatch, "an axis from -3 to 2", behind("Concat", {{2, 3, 4}, {5, 3, 4}}, "0=3"));
    CHECK((behind("Slice", {{8, 6}}, "-23300=3,2,-233,-233 1=0", 3) == Shape{3, 6}));
    CHECK_THROWS(kMismatch, "received 9", behind("Slice", {{8, 6}}, "-23300=2,9,-233 1=0", 2));
    CHECK((behind("BinaryOp", {{8, 6, 5}, {8}}, "0=0") == Shape{8, 6, 5}));
    CHECK((behind("BinaryOp", {{8, 6}, {8, 6, 5}}, "0=0") == Shape{8, 6, 5}));
    CHECK_THROWS(kMismatch, "broadcasts", behind("BinaryOp", {{8, 6, 5}, {8, 5, 5}}, "0=0"));
    CHECK_THROWS(kMismatch, "all inputs", behind("Eltwise", {{8, 6, 5}, {7, 6, 5}}, "0=1"));
}

void cropsAndPads() {
    CHECK((behind("Crop", {{8, 6, 5}}, "0=1 1=1 2=2 3=3 4=-233 5=4") == Shape{4, 5, 3}));
    CHECK((behind("Crop", {{8, 6}}, "-23309=1,2 -23310=1,-1 -23311=1,0") == Shape{5, 6}));
    CHECK((behind("Crop", {{8, 6}, {5, 3}}, "0=1 1=2") == Shape{5, 3}));
    CHECK_THROWS(kMismatch, "inside [8,6]", behind("Crop", {{8, 6}}, "0=-1 3=4 4=4"));
    CHECK((behind("Padding", {{8, 6}}, "0=1 1=2 2=3 3=4") == Shape{11, 13}));
    CHECK_THROWS(kInvalid, "padding of 0", behind("Padding", {{8, 6}}, "2=-1"));
    CHECK_THROWS(kMismatch, "reflected", behind("Padding", {{8, 6}}, "2=6 4=2"));
    CHECK((behind("Interp", {{8, 6, 5}}, "0=2 1=2.0 2=1.5") == Shape{8, 12, 7}));
}

void matrices() {
    CHECK((behind("InnerProduct", {{8, 6, 5}}, "0=10 2=2400") == Shape{10}));
    CHECK((behind("InnerProduct", {{7, 240}}, "0=10 2=2400") == Shape{7, 10}));
    CHECK_THROWS(kMismatch, "240 input values", behind("InnerProduct", {{8, 6, 6}}, "0=10 2=2400"));
    CHECK((behind("Gemm", {{5, 8}}, "3=1 5=1 8=12 9=8") == Shape{5, 12}));
    CHECK_THROWS(kMismatch, "rows of B (8)", behind("Gemm", {{5, 9}}, "3=1 5=1 8=12 9=8"));
    CHECK((behind("MatMul", {{2, 3, 4, 5}, {3, 5, 6}}, "") == Shape{2, 3, 4, 6}));
    CHECK((behind("MatMul", {{16}, {3, 16, 5}}, "") == Shape{3, 5}));
    CHECK_THROWS(kMismatch, "5 columns", behind("MatMul", {{3, 4}, {5, 6}}, ""));
    CHECK((behind("LSTM", {{5, 8}}, "0=6 1=384 2=2", 3) == Shape{2, 6}));
    CHECK_THROWS(kMismatch, "rows of 8", behind("LSTM", {{5, 7}}, "0=6 1=384 2=2"));
    CHECK((behind("MultiHeadAttention", {{7, 16}, {9, 8}, {9, 12}}, "0=16 1=4 2=256 3=8 4=12") ==
           Shape{7, 16}));
    CHECK_THROWS(kMismatch, "key rows",
                 behind("MultiHeadAttention", {{7, 16}, {9, 9}}, "0=16 1=4 2=256 3=8 4=8"));
}

void norms() {
    CHECK((behind("BatchNorm", {{8, 6}}, "0=8") == Shape{8, 6}));
    CHECK_THROWS(kMismatch, "8 channels", behind("BatchNorm", {{9, 6}}, "0=8"));
    CHECK((behind("PReLU", {{9, 6}}, "0=1") == Shape{9, 6}));
    CHECK_THROWS(kMismatch, "8 channels", behind("PReLU", {{9, 6}}, "0=8"));
    CHECK((behind("LayerNorm", {{9, 6, 5}}, "0=30") == Shape{9, 6, 5}));
    CHECK_THROWS(kMismatch, "31 elements", behind("LayerNorm", {{9, 6, 5}}, "0=31"));
}

void staysSilentWithoutShapes() {
    const ParamFile file = parseTextParam("7767517\n3 3\nInput in 0 1 a\nProposal p 1 1 a b\n"
                                          "Convolution c 1 1 b c 0=8 1=3 6=216\n");
    checkShapes(file, {{"a", {1, 2, 3}}});
    checkShapes(file, {});
    CHECK(inferShapes(file, {})[2].known() == false);
    CHECK(behind("Convolution", {{3, kAny, 9}}, "0=8 1=3 6=216").empty());
}

} // namespace

int main() {
    convolutions();
    poolings();
    reductions();
    reshapes();
    joins();
    cropsAndPads();
    matrices();
    norms();
    staysSilentWithoutShapes();
    return failures();
}
