#include <cstring>

#include "check.h"
#include "format/ncnn/channel_check.h"
#include "format/ncnn/graph_check.h"
#include "format/ncnn/report.h"
#include "format/ncnn/weight_check.h"

using namespace twinfer;

namespace {

CollectedFindings collect(const std::string& text) {
    CollectedFindings findings;
    const ParamFile file = parseParam(text, findings);
    checkGraph(file, findings);
    checkChannels(file, findings);
    return findings;
}

bool has(const CollectedFindings& findings, const std::string& code, const std::string& layer, int line) {
    for (const Finding& finding : findings.all()) {
        if (finding.code == code && finding.layer == layer && finding.line == line) return true;
    }
    std::fprintf(stderr, "no %s of '%s' on line %d among:\n", code.c_str(), layer.c_str(), line);
    for (const Finding& finding : findings.all()) {
        std::fprintf(stderr, "  %s of '%s' on line %d: %s\n", finding.code, finding.layer.c_str(),
                     finding.line, finding.message.c_str());
    }
    return false;
}

void collectsAllAndThrowsTheFirst() {
    const std::string text = "7767517\n"
                             "6 4\n"
                             "Input in 0 1 a\n"
                             "Convolution conv 1 1 a b 0=8 1=0 6=3x\n"
                             "InnerProduct fc 1 1 a c 0=7 2=100\n"
                             "Puling pool 1 1 lost d\n"
                             "ReLU late 1 1 e f\n"
                             "ReLU early 1 1 d e\n";
    const CollectedFindings found = collect(text);
    CHECK(has(found, "syntax", "conv", 4));
    CHECK(has(found, "layer-count", "", 9));
    CHECK(has(found, "parameters", "fc", 5));
    CHECK(has(found, "unknown-layer", "pool", 6));
    CHECK(has(found, "no-producer", "pool", 6));
    CHECK(has(found, "layer-order", "late", 7));
    CHECK(found.all()[0].offset == int64_t(text.find("Convolution")));
    CHECK_THROWS("TWINFER_MODEL_INVALID", "line 4 of the .param, layer 'conv'", parseTextParam(text));
}

void keepsNoMoreOfOneKindThanAnybodyReads() {
    std::string text = "7767517\n1001 1001\nInput in 0 1 a\n";
    for (int i = 0; i < 1000; i++)
        text += "ReLU r" + std::to_string(i) + " 1 1 none b" + std::to_string(i) + "\n";
    const CollectedFindings found = collect(text);
    CHECK(found.all().size() == size_t(CollectedFindings::kMostOfOne));
    CHECK(found.counts().at({"no-producer", Severity::error}) == 1000);
}

// Sizes that multiply to more than 64 bits, and divisors of zero.
void survivesDamagedSizes() {
    for (const char* layer : {
             "Convolution c 1 1 a b 0=2147483647 1=2147483647 11=2147483647 6=2147483647",
             "ConvolutionDepthWise c 1 1 a b 0=4 1=3 6=36 7=0",
             "Convolution3D c 1 1 a b 0=0 1=-1 6=-5 21=0",
             "MultiHeadAttention m 1 1 a b 0=0 1=0 2=256",
             "LSTM l 1 1 a b 0=2147483647 1=2147483647 2=2 3=2147483647 8=1",
             "Gemm g 1 1 a b 4=1 5=1 6=1 7=2147483647 8=2147483647 9=2147483647 10=3 18=412",
             "Gemm g 1 1 a b 4=2147483647 5=2147483647 6=2147483647",
             "MemoryData m 1 1 a b 0=2147483647 1=2147483647 11=2147483647 2=2147483647",
             "GroupNorm n 1 1 a b 0=0 1=0",
         }) {
        const std::string text = std::string("7767517\n2 2\nInput in 0 1 a 0=4 1=4 2=4\n") + layer + "\n";
        const WeightSource weights{100, [](int64_t) { return std::optional<uint32_t>(0x12345678); }};
        CHECK(reportNcnn(text, weights).find("\"findings\"") != std::string::npos);
        CHECK(!collect(text).all().empty());
    }
}

const char* const kTwoLayers = "7767517\n3 3\nInput in 0 1 a\nInnerProduct f 1 1 a b 0=2 2=4\n"
                               "InnerProduct g 1 1 b c 0=2 2=4\n";

std::string explain(const std::string& bin) {
    CollectedFindings findings;
    const ParamFile file = parseParam(kTwoLayers, findings);
    const ReadWord word = [&](int64_t offset) -> std::optional<uint32_t> {
        uint32_t read = 0;
        if (offset < 0 || offset + 4 > int64_t(bin.size())) return std::nullopt;
        std::memcpy(&read, bin.data() + offset, sizeof read);
        return read;
    };
    const WeightReport report = checkWeights(file, word, int64_t(bin.size()), findings);
    CHECK(report.fits == findings.all().empty());
    return findings.all().empty() ? "" : findings.all()[0].code + (" " + findings.all()[0].layer);
}

void explainsWeightsByOneChange() {
    const std::string block = std::string(4, '\0') + std::string(16, '\x3c');
    CHECK(explain(block + block) == "");
    CHECK(explain(block + block + "more") == "trailing-bytes ");
    CHECK(explain(block + block.substr(0, 19)) == "missing-bytes g");
    CHECK(explain(block + "\x11\x22\x33\x44" + std::string(16, '\x3c')) == "bad-tag g");
    CHECK(explain(block + "\x47\x6b\x30\x01" + std::string(16, '\x3c')) == "tag-mismatch g");
    CHECK(explain(block + "\x3c\x3c\x3c" + block) == "shifted-file f");
}

void writesJson() {
    const std::string report =
        reportNcnn("7767517\n1 1\nInput \"in\\ 0 1 a 0=3 1=-0.0015 2=\"x y\"\n", std::nullopt, true);
    CHECK(report.find(R"("name":"\"in\\")") != std::string::npos);
    CHECK(report.find(R"("params":[[0,"int",3],[1,"float",-0.0015],[2,"string","x y"]])") !=
          std::string::npos);
    CHECK(report.find(R"("weights":null)") != std::string::npos);
}

} // namespace

int main() {
    collectsAllAndThrowsTheFirst();
    keepsNoMoreOfOneKindThanAnybodyReads();
    survivesDamagedSizes();
    explainsWeightsByOneChange();
    writesJson();
    return failures();
}
