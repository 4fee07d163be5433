#include <cstring>
#include <vector>

#include "check.h"
#include "format/ncnn/layer_types.h"
#include "format/ncnn/param_file.h"

using namespace twinfer;

namespace {

const std::string kSmall = "7767517\n"
                           "3 3\n"
                           "Input        in    0 1 data\n"
                           "Convolution  conv  1 1 data mid 0=8 1=3 -23310=2,0.1,0.2 6=216\n"
                           "ReLU         relu  1 1 mid out\n";

std::string with(const std::string& from, const std::string& to) {
    std::string text = kSmall;
    return text.replace(text.find(from), from.size(), to);
}

void readsLayersAndBlobs() {
    const ParamFile file = parseTextParam(kSmall);
    CHECK(file.layers.size() == 3);
    CHECK((file.blobs == std::vector<std::string>{"data", "mid", "out"}));
    CHECK(file.layers[1].type == "Convolution" && file.layers[1].line == 4);
    CHECK(file.layers[2].bottoms == std::vector<int>{1});
    CHECK(file.inputs() == std::vector<int>{0} && file.outputs() == std::vector<int>{2});
    CHECK(!file.binary && file.notes.empty());
}

void readsValuesAsNcnnDoes() {
    const std::string values = "0=8 1=1.5 2=-3, 3=1,2,3 -23304=2,1,2.5 5=\"a b\" 6=word -23307=0 8=1e2,2.0";
    const ParamLayer layer = parseTextParam(with("0=8 1=3 -23310=2,0.1,0.2 6=216", values)).layers[1];
    CHECK(layer.integer(0, -1) == 8 && layer.number(0, 0) == 8.0f);
    CHECK(layer.integer(1, -1) == -1 && layer.number(1, 0) == 1.5f); // a float is no integer
    CHECK(layer.integers(2) == std::vector<int>{-3});
    CHECK((layer.integers(3) == std::vector<int>{1, 2, 3}));
    CHECK(layer.integers(4).empty() && layer.length(4) == 2); // the last element makes it floats
    CHECK(layer.string(5) == "a b" && layer.string(6) == "word");
    CHECK(layer.has(7) && layer.length(7) == 0);
    CHECK(layer.length(8) == 2 && layer.integer(9, 4) == 4);
}

void acceptsLineEndsAndBlankLines() {
    std::string text;
    for (const char c : kSmall) text += c == '\n' ? std::string("\r\n") : std::string(1, c);
    CHECK(parseTextParam(text).layers[2].line == 5);
    CHECK(parseTextParam(with("\n3 3\n", "\n3 3\n\n  \n")).layers.size() == 3);
    CHECK(parseTextParam(kSmall.substr(0, kSmall.size() - 1)).layers.size() == 3);
}

void namesWhatIsNotAParam() {
    const char* invalid = "TWINFER_MODEL_INVALID";
    CHECK_THROWS("TWINFER_MODEL_TRUNCATED", "0 bytes", parseTextParam(""));
    CHECK_THROWS(invalid, "byte order mark", parseTextParam("\xef\xbb\xbf" + kSmall));
    CHECK_THROWS(invalid, "HTML", parseTextParam("\n<!DOCTYPE html><html>404</html>"));
    CHECK_THROWS(invalid, "git LFS",
                 parseTextParam("version https://git-lfs.github.com/spec/v1\noid sha256:1\n"));
    CHECK_THROWS(invalid, ".bin", parseTextParam(std::string("\x47\x6b\x30\x01", 4)));
    CHECK_THROWS(invalid, "magic 7767517", parseTextParam(kSmall.substr(8)));
    CHECK_THROWS(invalid, "magic 7767517 on line 1 of the .param, received '\\x01\\x02'",
                 parseTextParam("\x01\x02"));
}

void pointsAtTheLine() {
    const char* invalid = "TWINFER_MODEL_INVALID";
    const char* truncated = "TWINFER_MODEL_TRUNCATED";
    CHECK_THROWS(truncated, "line 5", parseTextParam(kSmall.substr(0, kSmall.size() - 5)));
    CHECK_THROWS(truncated, "expected 3 layers and 3 blobs",
                 parseTextParam(kSmall.substr(0, kSmall.find("ReLU"))));
    CHECK_THROWS(invalid, "expected 4 layers", parseTextParam(with("3 3", "4 3")));
    CHECK_THROWS(invalid, "number of layers", parseTextParam(with("3 3", "x 3")));
    CHECK_THROWS(invalid, "number of blobs", parseTextParam(with("3 3", "3 -3")));
    CHECK_THROWS(invalid, "the parameter '0=8'", parseTextParam(with("1 1 data mid", "1 2 data mid")));
    CHECK_THROWS(invalid, "line 4", parseTextParam(with("1 1 data mid", "1 0 data mid")));
    CHECK_THROWS(invalid, "line 4 of the .param, layer 'conv': expected id=value",
                 parseTextParam(with("1=3", "1")));
    CHECK_THROWS(invalid, "'3x'", parseTextParam(with("1=3", "1=3x")));
    CHECK_THROWS(invalid, "'9999999999'", parseTextParam(with("1=3", "1=9999999999")));
    CHECK_THROWS(invalid, "id from 0 to 31", parseTextParam(with("1=3", "32=3")));
    CHECK_THROWS(invalid, "3 elements", parseTextParam(with("=2,0.1,0.2", "=3,0.1,0.2")));
    CHECK_THROWS(invalid, "unknown characters", parseTextParam(with("mid", "m\x01")));
    CHECK_THROWS(invalid, "line 5",
                 parseTextParam(with("ReLU         relu  1 1 mid out", "ReLU relu\n1 1 mid out")));
}

void notesWhatNcnnIgnores() {
    const ParamFile file = parseTextParam(with("3 3", "3 9"));
    CHECK(file.notes.size() == 1 && file.notes[0].find("9 blobs") != std::string::npos);
    // Tencent's own nanodet_m.param has one line more than it counts.
    const ParamFile more = parseTextParam(with("3 3", "2 2"));
    CHECK(more.layers.size() == 2 && more.blobs.size() == 2);
    CHECK(more.notes.size() == 1 && more.notes[0].find("ignores line 5") != std::string::npos);
}

std::string words(const std::vector<int32_t>& values) {
    return std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(int32_t));
}

void readsBinary() {
    // Input 16 and Convolution 6 in ncnn's order.
    const std::string bytes =
        words({7767517, 2, 2, 16, 0, 1, 0, -233, 6, 1, 1, 0, 1, 0, 8, -23310, 2, 1, 2, -233});
    const ParamFile file = parseBinaryParam(bytes.data(), bytes.size());
    CHECK(file.binary && file.layers.size() == 2);
    CHECK(file.layers[0].type == "Input" && file.layers[1].type == "Convolution");
    CHECK(file.layers[1].integer(0, 0) == 8 && (file.layers[1].integers(10) == std::vector<int>{1, 2}));
    CHECK(file.blobs[1] == "1");
    for (size_t size = 0; size < bytes.size(); size++) {
        CHECK_THROWS(size == 0 || size >= 4 ? "TWINFER_MODEL_TRUNCATED" : "TWINFER_MODEL_INVALID", "expected",
                     parseBinaryParam(bytes.data(), size));
    }
    const std::string wrong = words({7767517, 2, 2, 16, 0, 1, 5, -233});
    CHECK_THROWS("TWINFER_MODEL_TRUNCATED", "2 layers", parseBinaryParam(wrong.data(), 20));
    CHECK_THROWS("TWINFER_MODEL_INVALID", "a top (0 to 1), received 5",
                 parseBinaryParam(wrong.data(), wrong.size()));
}

void knowsTheLayerTypes() {
    CHECK(layerTypeCount() == 110 && std::string(layerTypeName(0)) == "AbsVal");
    CHECK(layerTypeName(110) == nullptr && layerTypeName(-1) == nullptr);
    CHECK(isLayerType("RotaryEmbed") && !isLayerType("convolution"));
    CHECK(similarLayerType("convolution") == "Convolution" && similarLayerType("aten::something").empty());
}

} // namespace

int main() {
    readsLayersAndBlobs();
    readsValuesAsNcnnDoes();
    acceptsLineEndsAndBlankLines();
    namesWhatIsNotAParam();
    pointsAtTheLine();
    notesWhatNcnnIgnores();
    readsBinary();
    knowsTheLayerTypes();
    return failures();
}
