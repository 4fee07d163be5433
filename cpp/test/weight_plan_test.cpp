#include <cstring>

#include "check.h"
#include "format/ncnn/weight_walk.h"

using namespace twinfer;

namespace {

using Status = WeightWalk::Status;

constexpr uint32_t kFloat16 = 0x01306B47;
constexpr uint32_t kInt8 = 0x000D4B38;

ParamFile fileOf(const std::string& layer) {
    return parseTextParam("7767517\n2 9\nInput in 0 1 a\n" + layer + "\n");
}

// The start of each block is its tag (or nothing), then zeros.
class Bin {
  public:
    Bin& tagged(uint32_t tag, size_t bytes) {
        bytes_.append(reinterpret_cast<const char*>(&tag), sizeof(tag));
        return raw(bytes);
    }
    Bin& raw(size_t bytes) {
        bytes_.append(bytes, '\x01');
        return *this;
    }
    std::string take() const { return bytes_; }

  private:
    std::string bytes_;
};

WeightWalk walk(const ParamFile& file, const std::string& bytes) {
    return walkWeights(
        file,
        [&](uint64_t offset, void* into, size_t size) {
            CHECK(offset + size <= bytes.size());
            std::memcpy(into, bytes.data() + offset, size);
            return true;
        },
        bytes.size());
}

const char* const kConvolution = "Convolution c 1 1 a b 0=3 1=3 5=1 6=27";

void countsBytes() {
    const ParamFile file = fileOf(kConvolution);
    CHECK(walk(file, Bin().tagged(0, 27 * 4).raw(12).take()).status == Status::complete);
    // 27 halves are padded to 56 bytes, 27 bytes to 28.
    CHECK(walk(file, Bin().tagged(kFloat16, 56).raw(12).take()).status == Status::complete);
    const ParamFile quantised = fileOf("Convolution c 1 1 a b 0=3 1=3 5=1 6=27 8=2");
    CHECK(walk(quantised, Bin().tagged(kInt8, 28).raw(12).raw(12).raw(4).take()).status == Status::complete);
    CHECK(leastWeightBytes(file) == 4 + 28 + 12);
}

void tellsWhatIsMissing() {
    const ParamFile file = fileOf(kConvolution);
    const std::string whole = Bin().tagged(0, 27 * 4).raw(12).take();
    for (const size_t cut :
         {size_t(1), size_t(12), size_t(13), size_t(100), whole.size() - 4, whole.size()}) {
        const WeightWalk found = walk(file, whole.substr(0, whole.size() - cut));
        CHECK(found.status == Status::missing && found.missing == cut && found.layer == 1);
        CHECK(found.consumed == whole.size());
    }
    const std::string half = Bin().tagged(kFloat16, 56).raw(12).take();
    CHECK(walk(file, half.substr(0, half.size() - 5)).missing == 5);
}

void tellsWhatIsLeft() {
    const WeightWalk found = walk(fileOf(kConvolution), Bin().tagged(0, 27 * 4).raw(12).raw(64).take());
    CHECK(found.status == Status::trailing && found.consumed == 124 && found.offset == 124);
}

void findsWrongTags() {
    const ParamFile file = fileOf(kConvolution);
    const WeightWalk text = walk(file, "<!DOCTYPE html>" + std::string(200, ' '));
    CHECK(text.status == Status::badTag && text.layer == 1 && text.offset == 0);
    // A table of 256 values with one byte a weight is a format of its own.
    CHECK(walk(file, Bin().tagged(1, 1024 + 28).raw(12).take()).status == Status::complete);
    // Without scales the layer would read four times as far.
    CHECK(walk(file, Bin().tagged(kInt8, 28).raw(12).take()).status == Status::badTag);
}

void knowsItsLimits() {
    const WeightWalk found = walk(fileOf("Fancy f 1 1 a b 0=1"), "1234");
    CHECK(found.status == Status::unknown && found.layer == 1);
}

uint64_t bytesOf(const std::string& layer) {
    const ParamFile file = fileOf(layer);
    // An empty file counts tagged blocks as float32.
    return walk(file, "").consumed;
}

// Expected sizes are what the engine itself reads for these layers.
void followsEachLayer() {
    CHECK(bytesOf("Convolution c 1 1 a b 0=3 1=3 6=27 19=1") == 0);
    CHECK(bytesOf("ConvolutionDepthWise c 1 1 a b 0=4 1=3 6=36 7=4 8=101") == 4 + 144 + 16 + 4 + 4);
    CHECK(bytesOf("ConvolutionDepthWise c 1 1 a b 0=4 1=3 6=36 7=4 8=2") == 4 + 144 + 4 + 4);
    CHECK(bytesOf("InnerProduct f 1 1 a b 0=10 1=1 2=640 8=1") == 4 + 2560 + 40 + 40 + 4);
    CHECK(bytesOf("BatchNorm n 1 1 a b 0=8") == 4 * 32);
    CHECK(bytesOf("Scale s 1 1 a b 0=8 1=1") == 64);
    CHECK(bytesOf("LayerNorm n 1 1 a b 0=8") == 64 && bytesOf("LayerNorm n 1 1 a b 0=8 2=0") == 0);
    CHECK(bytesOf("GroupNorm n 1 1 a b 0=2 1=8") == 64 && bytesOf("RMSNorm n 1 1 a b 0=8") == 32);
    CHECK(bytesOf("LSTM l 1 1 a b 0=6 1=384 2=2") ==
          (4 + 384 * 4) + (4 + 6 * 4 * 2 * 4) + (4 + 6 * 6 * 4 * 2 * 4));
    CHECK(bytesOf("GRU g 1 1 a b 0=3 1=36") == (4 + 144) + (4 + 48) + (4 + 108));
    CHECK(bytesOf("MultiHeadAttention m 1 1 a b 0=16 1=4 2=256") == 4 * (4 + 1024 + 64));
    CHECK(bytesOf("Gemm g 1 1 a b 5=1 6=1 10=4 8=12 9=8") == (4 + 384) + (4 + 48));
    CHECK(bytesOf("MemoryData m 0 1 b 0=5 1=4 2=3") == 240 && bytesOf("MemoryData m 0 1 b 0=5 21=0") == 24);
    CHECK(bytesOf("ReLU r 1 1 a b") == 0);
}

} // namespace

int main() {
    countsBytes();
    tellsWhatIsMissing();
    tellsWhatIsLeft();
    findsWrongTags();
    knowsItsLimits();
    followsEachLayer();
    return failures();
}
