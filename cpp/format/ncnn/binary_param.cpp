#include <cstdint>
#include <cstring>

#include "../../error.h"
#include "foreign_file.h"
#include "layer_types.h"
#include "param_file.h"
#include "param_values.h"

namespace twinfer {

namespace {

constexpr int32_t kEnd = -233;
constexpr int32_t kArray = -23300;
constexpr int32_t kText = -23400;
constexpr int32_t kMostIds = 32;
constexpr int32_t kLongestText = 255;

class BinaryParser {
  public:
    BinaryParser(const void* data, size_t size) : bytes_(static_cast<const char*>(data), size) {}

    ParamFile parse() {
        checkMagic();
        const int32_t layers = readBetween("the number of layers", 1, kMostLayers);
        const int32_t blobs = readBetween("the number of blobs", 1, kMostLayers);
        // Three counts and the end mark at least: a damaged number must not become an allocation.
        if (static_cast<size_t>(layers) > bytes_.size() / 16) {
            throw Error("TWINFER_MODEL_TRUNCATED", "expected " + std::to_string(layers) +
                                                       " layers in the binary .param, received " +
                                                       std::to_string(bytes_.size()) + " bytes");
        }
        file_.binary = true;
        file_.announcedBlobs = blobs;
        for (int32_t i = 0; i < blobs; i++) file_.blobs.push_back(std::to_string(i));
        for (int32_t i = 0; i < layers; i++) readLayer(i, blobs);
        if (at_ != bytes_.size()) {
            file_.notes.push_back("expected the binary .param to end at byte " + std::to_string(at_) +
                                  ", received " + std::to_string(bytes_.size()) +
                                  " bytes; ncnn ignores the difference");
        }
        return std::move(file_);
    }

  private:
    void checkMagic() {
        int32_t magic = 0;
        if (bytes_.size() >= sizeof(magic)) std::memcpy(&magic, bytes_.data(), sizeof(magic));
        if (magic == kParamMagic) {
            at_ = sizeof(magic);
            return;
        }
        std::string received = describeForeignFile(bytes_.substr(0, 256));
        if (received.empty()) received = "'" + printable(bytes_.substr(0, 16)) + "'";
        const bool empty = bytes_.empty();
        throw Error(
            empty ? "TWINFER_MODEL_TRUNCATED" : "TWINFER_MODEL_INVALID",
            "expected the ncnn magic 7767517 as the first four bytes of the binary .param, received " +
                (empty ? "an empty file" : received),
            helpForForeignFile(bytes_.substr(0, 256)));
    }

    [[noreturn]] void fail(const std::string& expected, const std::string& received) const {
        throw Error("TWINFER_MODEL_INVALID", "byte " + std::to_string(at_) + " of the binary .param" +
                                                 where_ + ": expected " + expected + ", received " +
                                                 received);
    }

    void take(void* into, size_t size, const std::string& what) {
        if (bytes_.size() - at_ < size) {
            throw Error("TWINFER_MODEL_TRUNCATED",
                        "byte " + std::to_string(at_) + " of the binary .param" + where_ + ": expected " +
                            what + " (" + std::to_string(size) + " bytes), received " +
                            std::to_string(bytes_.size() - at_) + " bytes",
                        "The file was cut off: copy or convert it again.");
        }
        std::memcpy(into, bytes_.data() + at_, size);
        at_ += size;
    }

    int32_t read(const std::string& what) {
        int32_t value = 0;
        take(&value, sizeof(value), what);
        return value;
    }

    int32_t readBetween(const std::string& what, int32_t least, int32_t most) {
        const int32_t value = read(what);
        if (value < least || value > most) {
            at_ -= sizeof(value);
            fail(what + " (" + std::to_string(least) + " to " + std::to_string(most) + ")",
                 std::to_string(value));
        }
        return value;
    }

    void readLayer(int32_t index, int32_t blobs) {
        ParamLayer layer;
        layer.name = "layer " + std::to_string(index);
        where_ = ", " + layer.name;
        const int32_t type = readBetween("a layer type", 0, INT32_MAX);
        const char* name = layerTypeName(type);
        layer.type = name ? name : "#" + std::to_string(type);
        const int32_t bottoms = readBetween("the number of bottoms", 0, kMostLayers);
        const int32_t tops = readBetween("the number of tops", 0, kMostLayers);
        for (int32_t i = 0; i < bottoms; i++) layer.bottoms.push_back(readBetween("a bottom", 0, blobs - 1));
        for (int32_t i = 0; i < tops; i++) layer.tops.push_back(readBetween("a top", 0, blobs - 1));
        for (int32_t id = read("a parameter id"); id != kEnd; id = read("a parameter id"))
            readValue(layer, id);
        file_.layers.push_back(std::move(layer));
    }

    void readValue(ParamLayer& layer, int32_t code) {
        const int32_t id = code <= kText ? kText - code : code <= kArray ? kArray - code : code;
        if (id < 0 || id >= kMostIds) {
            at_ -= sizeof(code);
            fail("a parameter id from 0 to 31, or -233 as the end mark", std::to_string(code));
        }
        ParamValue value;
        if (code <= kText) {
            value.type = ParamValue::Type::text;
            const int32_t length = readBetween("the length of a string", 0, kLongestText);
            value.text.resize((length + 3) / 4 * 4);
            take(&value.text[0], value.text.size(), "a string");
            value.text.resize(length);
        } else if (code <= kArray) {
            value.type = ParamValue::Type::words;
            const size_t most = (bytes_.size() - at_) / sizeof(int32_t);
            const int32_t length = readBetween("the length of an array", 0, INT32_MAX);
            const std::string what = "an array of " + std::to_string(length);
            // Complains before it allocates.
            if (static_cast<size_t>(length) > most) at_ = bytes_.size(), read(what);
            value.bits.resize(length);
            if (length > 0) take(value.bits.data(), sizeof(int32_t) * size_t(length), what);
        } else {
            value.type = ParamValue::Type::word;
            value.bits.push_back(read("a value"));
        }
        layer.params[id] = std::move(value);
    }

    std::string_view bytes_;
    size_t at_ = 0;
    std::string where_;
    ParamFile file_;
};

} // namespace

ParamFile parseBinaryParam(const void* data, size_t size) {
    return BinaryParser(data, size).parse();
}

} // namespace twinfer
