// A .param whose syntax is sound and whose layers are any, with any parameters. Mutations of a file's bytes
// mostly end at the first word; here it is written, and the input is what is decided by.
#include <string>

#include "decisions.h"
#include "format/ncnn/layer_types.h"
#include "read_ncnn.h"

using namespace twinfer;

namespace {

class ParamWriter {
  public:
    explicit ParamWriter(Decisions& decisions) : decide_(decisions) {}

    std::string write() {
        for (int i = 1 + decide_.byte() % 3; i > 0; i--) writeInput();
        for (int i = 0; i < 6 && (i == 0 || decide_.areLeft()); i++) writeLayer();
        return "7767517\n" + std::to_string(layers_) + " " + std::to_string(blobs_) + "\n" + lines_;
    }

  private:
    void begin(const std::string& type, int bottoms, int tops) {
        lines_ += type + " l" + std::to_string(layers_++) + " " + std::to_string(bottoms) + " " +
                  std::to_string(tops);
        const int before = blobs_;
        for (int i = 0; i < bottoms; i++) lines_ += " b" + std::to_string(decide_.byte() % before);
        for (int i = 0; i < tops; i++) lines_ += " b" + std::to_string(blobs_++);
    }

    void writeInput() {
        begin("Input", 0, 1);
        static constexpr const char* kAxes[] = {" 0=", " 1=", " 2=", " 11="};
        for (int rank = 1 + decide_.byte() % 4, i = 0; i < rank; i++)
            lines_ += kAxes[i] + std::to_string(1 + decide_.byte() % 32);
        lines_ += "\n";
    }

    void writeLayer() {
        begin(layerTypeName(decide_.byte() % layerTypeCount()), 1 + decide_.byte() % 4,
              1 + decide_.byte() % 3);
        for (int i = decide_.byte() % 12, id = 0; i > 0; i--) {
            id += decide_.byte() % 4;
            writeParam(id++);
        }
        lines_ += "\n";
    }

    void writeParam(int id) {
        const std::string named = " " + std::to_string(id) + "=";
        switch (decide_.byte() % 8) {
        case 0: lines_ += " " + std::to_string(-23300 - id) + "=" + array(); break;
        case 1: lines_ += named + "\"" + expression() + "\""; break;
        case 2: lines_ += named + std::to_string(decide_.number()) + "e" + number(); break;
        default: lines_ += named + number();
        }
    }

    std::string number() { return std::to_string(static_cast<int32_t>(decide_.number())); }

    std::string array() {
        const int length = decide_.byte() % 10;
        std::string all = std::to_string(length);
        for (int i = 0; i < length; i++) all += "," + number();
        return all;
    }

    std::string expression() {
        static constexpr const char* kWords[] = {
            "0w",    "0h",  "0c",   "0d",    "1w",  "+",   "-", "*",     "//",     "/", "max", "min",
            "floor", "abs", "ceil", "round", "neg", "pow", "(", "trunc", "square", ")", ",",   ","};
        std::string all;
        for (int i = decide_.byte() % 16; i > 0; i--) {
            const uint8_t kind = decide_.byte();
            all += kind < 0xc0 ? kWords[kind % (sizeof(kWords) / sizeof(kWords[0]))] : number();
        }
        return all;
    }

    Decisions& decide_;
    std::string lines_;
    int layers_ = 0;
    int blobs_ = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    Decisions decisions(data, size);
    // fp32, fp16, bf16 and int8, as ncnn tags them.
    static constexpr uint32_t kTags[] = {0, 0x01306b47, 0x01348b83, 0x000d4b38};
    const std::string_view tag(reinterpret_cast<const char*>(&kTags[decisions.byte() % 4]), 4);
    const ToldWeights weights{tag, decisions.number() & 0xffffff};
    readNcnn(ParamWriter(decisions).write(), weights);
    return 0;
}
