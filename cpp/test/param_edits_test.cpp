#include "check.h"
#include "format/ncnn/mask_layers.h"
#include "format/ncnn/mend_param.h"

using namespace twinfer;

namespace {

const std::string kLayers = "Input in 0 1 data\n"
                            "ReLU a 1 1 data x 5=\"1 31=7 2\" 6=word\n"
                            "Split s 1 2 x x0 x1\n"
                            "ReLU b 1 1 x0 y 31=16\n"
                            "ReLU c 1 1 x1 z\n";
const std::string kWhole = "7767517\n5 6\n" + kLayers;

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

void masksBesideWhatIsThere() {
    const MaskedParam masked = maskLayers(kWhole, {1, 3}, 1);
    CHECK(has(masked.text, "data x 5=\"1 31=7 2\" 6=word 31=1\n"));
    CHECK(has(masked.text, "x0 y 31=17\n"));
    CHECK(masked.bridges.empty() && (masked.wide == std::vector<int>{1, 3}));
    CHECK(has(masked.text, "7767517\n5 6\nInput"));
    const std::string twice = "7767517\n2 2\nInput in 0 1 x\nReLU a 1 1 x y +31=1 0=0.5 031=2\n";
    CHECK(has(maskLayers(twice, {1}, 4).text, "x y +31=1 0=0.5 31=6\n"));
}

void widensBehindASplit() {
    const MaskedParam masked = maskLayers(kWhole, {3}, 4);
    CHECK(masked.bridges.size() == 1);
    const Bridge& bridge = masked.bridges[0];
    CHECK(bridge.from == "a" && bridge.to == "b" && bridge.blob == "x0" && bridge.layer == "x0_fp32");
    CHECK(has(masked.text, "7767517\n6 7\n") && has(masked.text, "x0 x1 31=4\n"));
    CHECK(has(masked.text, "1 1 x0_fp32 y 31=20\n"));
    CHECK((masked.wide == std::vector<int>{2, 3, 4}));
    CHECK(maskLayers(kWhole, {1, 3}, 4).bridges.empty());
    CHECK_THROWS("TWINFER_INVALID_ARGUMENT", "from 0 to 4, received 5", maskLayers(kWhole, {5}, 4));
    CHECK_THROWS("TWINFER_MODEL_INVALID", "magic", maskLayers(kLayers, {1}, 4));
}

void mendsOnlyTheText() {
    CHECK(!mendParam(kWhole) && !mendParam("") && !mendParam(kLayers) && !mendParam("words\nmore\n"));
    const auto marked = mendParam("\xef\xbb\xbf" + kWhole);
    CHECK(marked && marked->hadByteOrderMark && !marked->lackedMagic && marked->counts.empty());
    CHECK(marked && marked->text == kWhole);
    const auto old = mendParam("5 6\n" + kLayers);
    CHECK(old && old->lackedMagic && old->text == kWhole);
    for (const std::string counts : {"5 5", "6 6", "2 6", "9 9"}) {
        const auto mended = mendParam("7767517\n" + counts + "\n" + kLayers);
        CHECK(mended && mended->counts == counts && mended->rightCounts == "5 6" && mended->text == kWhole);
    }
    CHECK(!mendParam("7767517\n9 9\nReLU a 1 1\n")); // a layer that nobody can read is not counted
    const auto unread = mendParam("\xef\xbb\xbf"
                                  "7767517\n9 9\nReLU a 1 1\n");
    CHECK(unread && unread->text == "7767517\n9 9\nReLU a 1 1\n");
}

} // namespace

int main() {
    masksBesideWhatIsThere();
    widensBehindASplit();
    mendsOnlyTheText();
    return failures();
}
