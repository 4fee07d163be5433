#include <cstdint>
#include <cstring>

#include "../file_content.h"
#include "layer_types.h"
#include "param_values.h"
#include "scan_param.h"

namespace twinfer {

namespace {

constexpr int32_t kEnd = -233;
constexpr int32_t kArray = -23300;
constexpr int32_t kText = -23400;
constexpr int32_t kMostIds = 32;
constexpr int32_t kLongestText = 255;

class BinaryParser {
  public:
    BinaryParser(std::string_view bytes, Findings& findings) : bytes_(bytes), findings_(findings) {}

    ParamFile parse() {
        file_.binary = true;
        file_.complete = readAll();
        if (file_.complete && at_ != bytes_.size()) {
            file_.notes.push_back("expected the binary .param to end at byte " + std::to_string(at_) +
                                  ", received " + std::to_string(bytes_.size()) +
                                  " bytes; ncnn ignores the difference");
        }
        file_.readable = file_.layers.size();
        return std::move(file_);
    }

  private:
    bool readAll() {
        int32_t layers = 0, blobs = 0;
        if (!checkMagic() || !readBetween("the number of layers", 1, kMostLayers, layers) ||
            !readBetween("the number of blobs", 1, kMostLayers, blobs)) {
            return false;
        }
        file_.announcedLayers = layers;
        file_.announcedBlobs = blobs;
        // Three counts and the end mark at least: a damaged number must not become an allocation.
        if (static_cast<size_t>(layers) > bytes_.size() / 16) {
            const std::string message = "expected " + std::to_string(layers) +
                                        " layers in the binary .param, received " +
                                        std::to_string(bytes_.size()) + " bytes";
            findings_.refuse(
                finding("truncated-text", "byte " + std::to_string(at_) + ": " + message, kCopyAgain),
                Error("TWINFER_MODEL_TRUNCATED", message));
            return false;
        }
        for (int32_t i = 0; i < blobs; i++) file_.blobs.push_back(std::to_string(i));
        for (int32_t i = 0; i < layers; i++) {
            if (!readLayer(i, blobs)) return false;
        }
        return true;
    }

    bool checkMagic() {
        int32_t magic = 0;
        if (bytes_.size() >= sizeof(magic)) std::memcpy(&magic, bytes_.data(), sizeof(magic));
        if (magic == kParamMagic) {
            at_ = sizeof(magic);
            return true;
        }
        const FileContent& content = contentOf(bytes_);
        const bool empty = content.kind == FileContent::empty;
        const bool named = content.kind != FileContent::unknown && content.kind != FileContent::text;
        const std::string received =
            named ? content.description : "'" + printable(bytes_.substr(0, 16)) + "'";
        const std::string message =
            "expected the ncnn magic 7767517 as the first four bytes of the binary .param, received " +
            received;
        const std::string help = named ? content.help : "";
        findings_.refuse(finding("no-magic", message, help),
                         Error(empty ? "TWINFER_MODEL_TRUNCATED" : "TWINFER_MODEL_INVALID", message, help));
        return false;
    }

    // At the current byte, with the line that the layer would have as text.
    Finding finding(const char* code, std::string message, std::string help) const {
        const int line = layer_.name.empty() ? 2 : static_cast<int>(file_.layers.size()) + 3;
        return {code, std::move(message), std::move(help), layer_.name, line, static_cast<int64_t>(at_)};
    }

    std::string inLayer(const char* joined) const { return layer_.name.empty() ? "" : joined + layer_.name; }

    bool fail(const std::string& expected, const std::string& received) {
        const std::string byte = "byte " + std::to_string(at_);
        findings_.refuse(
            finding("syntax", byte + inLayer(" in ") + ": expected " + expected + ", found " + received,
                    "The file is damaged: copy or convert it again."),
            Error("TWINFER_MODEL_INVALID", byte + " of the binary .param" + inLayer(", ") + ": expected " +
                                               expected + ", received " + received));
        return false;
    }

    bool take(void* into, size_t size, const std::string& what) {
        if (bytes_.size() - at_ < size) {
            const std::string byte = "byte " + std::to_string(at_);
            findings_.refuse(
                finding("truncated-text",
                        byte + inLayer(" in ") + ": expected " + what + ", found the end of the file",
                        kCopyAgain),
                Error("TWINFER_MODEL_TRUNCATED",
                      byte + " of the binary .param" + inLayer(", ") + ": expected " + what + " (" +
                          std::to_string(size) + " bytes), received " + std::to_string(bytes_.size() - at_) +
                          " bytes",
                      "The file was cut off: copy or convert it again."));
            return false;
        }
        std::memcpy(into, bytes_.data() + at_, size);
        at_ += size;
        return true;
    }

    bool read(const std::string& what, int32_t& value) { return take(&value, sizeof(value), what); }

    bool readBetween(const std::string& what, int32_t least, int32_t most, int32_t& value) {
        if (!read(what, value)) return false;
        if (value >= least && value <= most) return true;
        at_ -= sizeof(value);
        return fail(what + " (" + std::to_string(least) + " to " + std::to_string(most) + ")",
                    std::to_string(value));
    }

    bool readBlobs(int32_t count, const char* what, int32_t blobs, std::vector<int>& into) {
        for (int32_t i = 0; i < count; i++) {
            int32_t blob = 0;
            if (!readBetween(what, 0, blobs - 1, blob)) return false;
            into.push_back(blob);
        }
        return true;
    }

    bool readLayer(int32_t index, int32_t blobs) {
        layer_ = {};
        layer_.name = "layer " + std::to_string(index);
        layer_.offset = at_;
        int32_t type = 0, bottoms = 0, tops = 0, id = 0;
        if (!readBetween("a layer type", 0, INT32_MAX, type)) return false;
        const char* name = layerTypeName(type);
        layer_.type = name ? name : "#" + std::to_string(type);
        if (!readBetween("the number of bottoms", 0, kMostLayers, bottoms) ||
            !readBetween("the number of tops", 0, kMostLayers, tops) ||
            !readBlobs(bottoms, "a bottom", blobs, layer_.bottoms) ||
            !readBlobs(tops, "a top", blobs, layer_.tops)) {
            return false;
        }
        for (;;) {
            if (!read("a parameter id", id)) return false;
            if (id == kEnd) break;
            if (!readValue(id)) return false;
        }
        file_.layers.push_back(std::move(layer_));
        return true;
    }

    bool readValue(int32_t code) {
        const int32_t id = code <= kText ? kText - code : code <= kArray ? kArray - code : code;
        if (id < 0 || id >= kMostIds) {
            at_ -= sizeof(code);
            return fail("a parameter id from 0 to 31, or -233 as the end mark", std::to_string(code));
        }
        ParamValue value;
        int32_t length = 0;
        if (code <= kText) {
            value.type = ParamValue::Type::text;
            if (!readBetween("the length of a string", 0, kLongestText, length)) return false;
            value.text.resize((length + 3) / 4 * 4);
            if (!take(&value.text[0], value.text.size(), "a string")) return false;
            value.text.resize(length);
        } else if (code <= kArray) {
            value.type = ParamValue::Type::words;
            if (!readBetween("the length of an array", 0, INT32_MAX, length)) return false;
            const std::string what = "an array of " + std::to_string(length);
            // Complains before it allocates.
            if (static_cast<size_t>(length) > (bytes_.size() - at_) / sizeof(int32_t)) {
                at_ = bytes_.size();
                return read(what, length);
            }
            value.bits.resize(length);
            if (length > 0 && !take(value.bits.data(), sizeof(int32_t) * size_t(length), what)) return false;
        } else {
            value.type = ParamValue::Type::word;
            if (!read("a value", length)) return false;
            value.bits.push_back(length);
        }
        layer_.params[id] = std::move(value);
        return true;
    }

    std::string_view bytes_;
    Findings& findings_;
    size_t at_ = 0;
    ParamLayer layer_; // that is being read
    ParamFile file_;
};

} // namespace

ParamFile scanBinaryParam(std::string_view content, Findings& findings) {
    return BinaryParser(content, findings).parse();
}

} // namespace twinfer
