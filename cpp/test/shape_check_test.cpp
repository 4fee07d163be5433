#include "check.h"
#include "format/ncnn/shape_check.h"

using namespace twinfer;

namespace {

constexpr const char* kMismatch = "TWINFER_SHAPE_MISMATCH";
constexpr const char* kInvalid = "TWINFER_MODEL_INVALID";

// What follows for one layer behind as many inputs as there are shapes.
Inference inferredBehind(const std::string& type, const std::vector<Shape>& inputs, const std::string& params,
                         int tops = 1) {
    std::string text = "7767517\n" + std::to_string(inputs.size() + 1) + " 99\n";
    std::string bottoms;
    for (size_t i = 0; i < inputs.size(); i++) {
        const std::string name = "in" + std::to_string(i);
        text += "Input " + name + " 0 1 " + name + "\n";
        bottoms += " " + name;
    }
    text += type + " layer " + std::to_string(inputs.size()) + " " + std::to_string(tops) + bottoms;
    for (int i = 0; i < tops; i++) text += " out" + std::to_string(i);
    const ParamFile file = parseTextParam(text + " " + params + "\n");
    std::map<int, BlobShape> shapes;
    for (size_t i = 0; i < inputs.size(); i++) shapes[int(i)] = BlobShape::from(inputs[i]);
    return inferShapes(file, shapes);
}

// The shape of the layer's last top. Throws what it fails with.
Shape behind(const std::string& type, const std::vector<Shape>& inputs, const std::string& params,
             int tops = 1) {
    const Inference inference = inferredBehind(type, inputs, params, tops);
    if (!inference.failures.empty()) throw inference.failures.begin()->second;
    return inference.shapes.back().toShape();
}

int doubtsBehind(const std::string& type, const std::vector<Shape>& inputs, const std::string& params) {
    return inferredBehind(type, inputs, params).doubts;
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
    CHECK((behind("Convolution3D", {{4, 6, 7}}, "0=6 1=3 21=1 6=216") == Shape{6, 1, 4, 5}));
    CHECK_THROWS(kMismatch, "a depth", behind("Convolution3D", {{4, 6, 7}}, "0=6 1=3 4=1 21=1 6=216"));
    CHECK_THROWS(kMismatch, "a depth", behind("Pooling3D", {{4, 6, 7}}, "1=3 21=1 3=1"));
    CHECK((behind("Pooling3D", {{4, 6, 7}}, "1=3 21=1 3=1 23=0") == Shape{4, 1, 6, 7}));
    CHECK((behind("Unfold", {{3, 6, 7}}, "1=3 4=1") == Shape{27, 42}));
    CHECK_THROWS(kInvalid, "padding of 0 or more", behind("Unfold", {{3, 6, 7}}, "1=3 4=1 15=-1"));
    CHECK_THROWS(kMismatch, "shrinks no axis", behind("Unfold", {{3, 7, 6}}, "1=1 11=3 3=4 13=1 4=-233"));
    CHECK((behind("Packing", {{6, 4, 4}}, "0=4 1=1") == Shape{8, 4, 4}));
    CHECK_THROWS(kInvalid, "vectors of 1", behind("Packing", {{6, 4, 4}}, "0=0 1=1"));
    CHECK_THROWS(kMismatch, "different axes", behind("ExpandDims", {{5}}, "-23303=2,1,1"));
    CHECK((behind("ExpandDims", {{2, 5, 6}}, "-23303=2,0,1") == Shape{2, 5, 6}));
    CHECK((behind("Flip", {{2, 5, 6}}, "-23300=1,2147483647") == Shape{2, 5, 6}));
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
    CHECK_THROWS(kInvalid, "axes from -1", behind("Reduction", {{8}}, "0=0 1=0 -23303=1,-2 5=1"));
    CHECK_THROWS(kInvalid, "axes from -1", behind("Reduction", {{8}}, "0=0 1=0 -23303=1,4 5=1"));
    CHECK((behind("Reduction", {{8}}, "0=0 1=0 -23303=1,-1 5=1") == Shape{1}));
    CHECK((behind("Reduction", {{8}}, "0=0 1=1 -23303=1,-2 5=1") == Shape{1}));
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
    CHECK_THROWS(kMismatch, "output_elempack (12=4)", behind("Gemm", {{5, 8}}, "3=1 5=1 8=12 9=8 12=4"));
    CHECK((behind("Gemm", {{5, 8}}, "3=1 5=1 8=12 9=8 12=4 14=1") == Shape{12, 5}));
    CHECK((behind("MatMul", {{2, 3, 4, 5}, {3, 5, 6}}, "") == Shape{2, 3, 4, 6}));
    CHECK((behind("MatMul", {{16}, {3, 16, 5}}, "") == Shape{3, 5}));
    CHECK_THROWS(kMismatch, "5 columns", behind("MatMul", {{3, 4}, {5, 6}}, ""));
    CHECK((behind("LSTM", {{5, 8}}, "0=6 1=384 2=2", 3) == Shape{2, 6}));
    CHECK_THROWS(kMismatch, "rows of 8", behind("LSTM", {{5, 7}}, "0=6 1=384 2=2"));
    CHECK((behind("MultiHeadAttention", {{7, 16}, {9, 8}, {9, 12}}, "0=16 1=4 2=256 3=8 4=12") ==
           Shape{7, 16}));
    CHECK((behind("SDPA", {{4, 5, 8}, {2, 7, 8}, {2, 7, 6}}, "") == Shape{4, 5, 6}));
    CHECK_THROWS(kMismatch, "multiple of 4", behind("SDPA", {{5, 8}, {4, 7, 8}, {4, 7, 6}}, ""));
    CHECK_THROWS(kMismatch, "key rows",
                 behind("MultiHeadAttention", {{7, 16}, {9, 9}}, "0=16 1=4 2=256 3=8 4=8"));
    CHECK_THROWS(kInvalid, "from 1 to 3 inputs",
                 behind("MultiHeadAttention", {{7, 16}, {7, 16}, {7, 16}, {7, 16}}, "0=16 1=4 2=256"));
    const Shape cache{4, 6, 4};
    CHECK(
        (behind("MultiHeadAttention", {{7, 16}, cache, cache}, "0=16 1=4 2=256 7=1", 3) == Shape{4, 13, 4}));
    CHECK_THROWS(kMismatch, "a cache of [4,6,4]",
                 behind("MultiHeadAttention", {{7, 16}, cache, {4, 6, 5}}, "0=16 1=4 2=256 7=1", 3));
    CHECK_THROWS(kInvalid, "another key",
                 behind("MultiHeadAttention", {{7, 16}, {7, 16}, cache, cache}, "0=16 1=4 2=256 7=1", 3));
    const Shape heads{2, 5, 8}, past{2, 16, 8};
    CHECK((behind("SDPA", {heads, heads, heads, past, past}, "7=1", 3) == Shape{2, 21, 8}));
    CHECK_THROWS(kMismatch, "multiple of 16 steps",
                 behind("SDPA", {heads, heads, heads, heads, heads}, "7=1", 3));
    CHECK_THROWS(kMismatch, "a cache of [2,16,8]",
                 behind("SDPA", {heads, heads, heads, past, {2, 16, 7}}, "7=1", 3));
}

void norms() {
    CHECK((behind("BatchNorm", {{8, 6}}, "0=8") == Shape{8, 6}));
    CHECK_THROWS(kMismatch, "8 channels", behind("BatchNorm", {{9, 6}}, "0=8"));
    CHECK((behind("PReLU", {{9, 6}}, "0=1") == Shape{9, 6}));
    CHECK_THROWS(kMismatch, "8 channels", behind("PReLU", {{9, 6}}, "0=8"));
    CHECK((behind("LayerNorm", {{9, 6, 5}}, "0=30") == Shape{9, 6, 5}));
    CHECK_THROWS(kMismatch, "31 elements", behind("LayerNorm", {{9, 6, 5}}, "0=31"));
}

// Each of these reads outside its Mat, or leaves an empty one behind, with fewer dimensions.
void dimensions() {
    CHECK_THROWS(kMismatch, "3 dimensions", behind("Pooling", {{8, 8}}, "0=0 1=2 2=2"));
    CHECK_THROWS(kMismatch, "3 dimensions", behind("Pooling", {{8}}, "0=1 4=1"));
    CHECK_THROWS(kMismatch, "2 dimensions", behind("Pooling1D", {{8}}, "0=1 1=2 2=2"));
    CHECK_THROWS(kMismatch, "3 to 4 dimensions", behind("Pooling3D", {{8, 8}}, "0=1 1=2 2=2"));
    CHECK_THROWS(kMismatch, "3 dimensions", behind("PixelShuffle", {{8, 8}}, "0=2"));
    CHECK_THROWS(kMismatch, "3 to 4 dimensions", behind("ShuffleChannel", {{8, 8}}, "0=2"));
    CHECK_THROWS(kMismatch, "1 to 3 dimensions", behind("Interp", {{2, 3, 4, 5}}, "0=1 1=2.0 2=2.0"));
    CHECK_THROWS(kMismatch, "3 to 4 dimensions", behind("GridSample", {{4, 4}, {3, 3, 2}}, "0=1"));
    CHECK_THROWS(kMismatch, "1 to 2 dimensions", behind("Diag", {{2, 3, 4}}, "0=0"));
    CHECK_THROWS(kMismatch, "3 dimensions", behind("Yolov3DetectionOutput", {{18, 4}}, "0=1 1=3"));
    CHECK_THROWS(kMismatch, "one row", behind("Embed", {{2, 5}}, "0=4 1=20 3=80"));
    CHECK((behind("Embed", {{1, 5}}, "0=4 1=20 3=80") == Shape{5, 4}));
    CHECK((behind("MVN", {{4, 5}}, "") == Shape{1, 4, 5}));
    CHECK((behind("Reorg", {{4, 6}}, "0=2") == Shape{4, 2, 3}));
    CHECK((behind("StatisticsPooling", {{6, 4, 5}}, "0=1") == Shape{12}));
}

// What ncnn runs, and hardly what was meant: another reading of the input is better where there is one.
void doubts() {
    CHECK(doubtsBehind("Softmax", {{1, 8}}, "0=0 1=1") == 1);
    CHECK(doubtsBehind("Softmax", {{8}}, "0=0 1=1") == 0);
    CHECK(doubtsBehind("Softmax", {{4, 8}}, "0=2 1=1") == 1);
    CHECK(doubtsBehind("Reduction", {{8, 8}}, "0=3 1=0 -23303=2,1,2 5=1") == 1);
    CHECK(doubtsBehind("Pooling3D", {{3, 8, 8}}, "0=0 1=1") == 1);
}

void samples() {
    CHECK((behind("CopyTo", {{4, 8, 8}, {2, 3, 3}}, "0=5 1=5 2=2") == Shape{4, 8, 8}));
    CHECK_THROWS(kMismatch, "fits into", behind("CopyTo", {{4, 8, 8}, {2, 3, 3}}, "0=6 1=5 2=2"));
    CHECK_THROWS(kMismatch, "fits into", behind("CopyTo", {{2, 3, 3}, {4, 8, 8}}, ""));
    CHECK((behind("CopyTo", {{8, 8}, {3, 3}}, "-23309=2,-3,5 -23311=2,0,1") == Shape{8, 8}));
    CHECK((behind("Unfold", {{3, 6, 7}}, "1=3 4=1") == Shape{27, 42}));
    CHECK((behind("Fold", {{27, 42}}, "1=3 4=1 20=7 21=6") == Shape{3, 6, 7}));
    CHECK_THROWS(kMismatch, "42 columns", behind("Fold", {{27, 41}}, "1=3 4=1 20=7 21=6"));
    // As ncnn refuses them.
    CHECK_THROWS(kInvalid, "a dilation", behind("Unfold", {{3, 6, 7}}, "1=3 2=-1 4=1"));
    CHECK_THROWS(kInvalid, "a dilation", behind("Fold", {{27, 42}}, "1=3 2=-2147483648 4=1 20=7 21=6"));
    CHECK((behind("GridSample", {{3, 6, 7}, {4, 5, 2}}, "0=1") == Shape{3, 4, 5}));
    CHECK((behind("GridSample", {{3, 6, 7}, {2, 4, 5}}, "0=1 3=1") == Shape{3, 4, 5}));
    CHECK_THROWS(kMismatch, "2 coordinates", behind("GridSample", {{3, 6, 7}, {4, 5, 3}}, "0=1"));
    CHECK((behind("DeformableConv2D", {{4, 6, 7}, {18, 6, 7}}, "0=5 1=3 4=1 6=180") == Shape{5, 6, 7}));
    CHECK_THROWS(kMismatch, "offsets [18,6,7]",
                 behind("DeformableConv2D", {{4, 6, 7}, {16, 6, 7}}, "0=5 1=3 4=1 6=180"));
    CHECK((behind("ROIAlign", {{4, 6, 7}, {4}}, "0=2 1=3") == Shape{4, 3, 2}));
    CHECK_THROWS(kMismatch, "a region of 4", behind("ROIAlign", {{4, 6, 7}, {3}}, "0=2 1=3"));
    CHECK((behind("Einsum", {{3, 4}, {4, 5}}, "-23300=9,105,107,44,107,106,45,62,105,106") == Shape{3, 5}));
    CHECK_THROWS(kMismatch, "one size for 'k'",
                 behind("Einsum", {{3, 4}, {6, 5}}, "-23300=9,105,107,44,107,106,45,62,105,106"));
    CHECK((behind("Diag", {{3, 5}}, "0=1") == Shape{3}));
    CHECK((behind("Diag", {{3}}, "0=-1") == Shape{4, 4}));
    CHECK((behind("Spectrogram", {{400}}, "0=64 1=2 2=16") == Shape{33, 26}));
    CHECK_THROWS(kMismatch, "more than 32 samples", behind("Spectrogram", {{30}}, "0=64 1=2 2=16"));
    CHECK((behind("InverseSpectrogram", {{33, 26, 2}}, "0=64 1=1 2=16") == Shape{400}));
    CHECK((behind("Convolution", {{3, 9, 9}, {8, 3, 3, 3}}, "0=0 1=0 19=1 4=1") == Shape{8, 9, 9}));
    CHECK_THROWS(kMismatch, "weights for 4 input channels",
                 behind("Convolution", {{4, 9, 9}, {8, 3, 3, 3}}, "0=0 1=0 19=1 4=1"));
    CHECK((behind("Tile", {{3, 4}}, "-23302=3,2,1,5") == Shape{2, 3, 20}));
    CHECK((behind("PriorBox", {{8, 3, 4}, {3, 30, 40}},
                  "-23300=1,8.0 -23301=1,16.0 -23302=1,2.0 9=-233 10=-233") == Shape{2, 192}));
    CHECK_THROWS(kMismatch, "18 channels", behind("Yolov3DetectionOutput", {{17, 4, 4}}, "0=1 1=3"));
    CHECK_THROWS(kMismatch, "locations", behind("DetectionOutput", {{12}, {6}, {2, 16}}, "0=2"));
}

void refusesWhatNobodyMeans() {
    CHECK_THROWS(kMismatch, "from 1536",
                 behind("ConvolutionDepthWise", {{24, 8, 8}}, "0=24 1=3 6=216 7=24 4=1 14=1000003"));
    CHECK_THROWS(kMismatch, "1073741824", behind("Interp", {{64, 1024, 1024}}, "0=1 1=8.0 2=8.0"));
    CHECK((behind("Interp", {{1, 8, 8}}, "0=1 1=64.0 2=64.0") == Shape{1, 512, 512}));
}

void goesOnBehindAFailure() {
    const ParamFile file = parseTextParam("7767517\n5 5\nInput in 0 1 a\nSplit s 1 2 a b c\n"
                                          "Convolution c 1 1 b d 0=8 1=3 6=216\nPooling p 1 1 c e 0=0 1=9\n"
                                          "ReLU r 1 1 d f\n");
    const Inference inference = inferShapes(file, {{0, BlobShape::of3(8, 8, 4)}});
    CHECK(inference.failures.size() == 2 && inference.failures.begin()->first == 2);
    // Not asked for what stands above a blob that is given.
    CHECK(inferShapes(file, {{0, BlobShape::of3(9, 9, 3)}, {3, BlobShape::of3(4, 4, 8)}}).failures.empty());
}

void staysSilentWithoutShapes() {
    const ParamFile file = parseTextParam("7767517\n3 3\nInput in 0 1 a\nDetectionOutput p 1 1 a b\n"
                                          "Convolution c 1 1 b c 0=8 1=3 6=216\n");
    CHECK(inferShapes(file, {}).failures.empty());
    CHECK(inferShapes(file, {}).shapes[2].known() == false);
    CHECK(behind("Convolution", {{3, kAny, 9}}, "0=8 1=3 6=216").empty());
}

// Sizes that multiply to more than 64 bits.
void survivesDamagedSizes() {
    CHECK_THROWS(kMismatch, "12 elements",
                 behind("Reshape", {{12}}, "0=2147483647 1=2147483647 11=2147483647 2=2147483647"));
    CHECK((behind("Reshape", {{12}}, "0=2147483647 1=2147483647 2=2147483647 12=0") == Shape{}));
    CHECK_THROWS(kMismatch, "at least 1", behind("Reorg", {{3, 4, 4}}, "0=2147483647"));
    CHECK_THROWS(kMismatch, "channels",
                 behind("PSROIPooling", {{8, 4, 4}, {4}}, "0=2147483647 1=2147483647 3=2147483647"));
    CHECK_THROWS(kMismatch, "elements",
                 behind("Fold", {{1, 9}}, "1=1 4=2147483647 20=2147483647 21=2147483647"));
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
    dimensions();
    doubts();
    samples();
    refusesWhatNobodyMeans();
    goesOnBehindAFailure();
    staysSilentWithoutShapes();
    survivesDamagedSizes();
    return failures();
}
