#include "file_content.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <initializer_list>

#include "json_writer.h"

namespace twinfer {

namespace {

using std::string_view_literals::operator""sv;
using Kind = FileContent::Kind;

constexpr const char* kLook = "Check that the path names the file you mean.";
constexpr const char* kMarks = "Save the file as plain ASCII or UTF-8 without a byte order mark.";

// In the order of their kinds.
constexpr FileContent kContents[] = {
    {Kind::empty, "empty", "an empty file", "Copy or convert it again."},
    {Kind::zeros, "zeros", "a file of zero bytes only",
     "Copy or convert it again: the file was allocated but never written."},
    {Kind::ncnnParam, "ncnn-param", "an ncnn .param", "Name it .param to use ncnn."},
    {Kind::ncnnParamBin, "ncnn-param-bin", "a binary ncnn .param.bin",
     "Name it .param.bin, or .param, to use ncnn."},
    {Kind::ncnnBin, "ncnn-bin", "ncnn weights (an ncnn .bin)",
     "Give the .param of this .bin as the model: ncnn finds its weights beside it."},
    {Kind::mnn, "mnn", "an MNN model", "Name it .mnn to use MNN."},
    {Kind::onnx, "onnx", "an ONNX model that was not converted",
     "Convert it with pnnx (for ncnn) or the MNN converter, or name it .onnx."},
    {Kind::html, "html", "a web page (HTML), perhaps a failed download",
     "Download it again and look at the first bytes."},
    {Kind::lfsPointer, "lfs-pointer", "a Git LFS pointer, not the file that git LFS keeps for it",
     "Run `git lfs pull` in the repository it comes from."},
    {Kind::npy, "npy", "a NumPy array (.npy)", kLook},
    {Kind::zip, "zip", "a zip archive (a golden pack or a PyTorch checkpoint is one)",
     "`twinfer verify` reads packs; a checkpoint is converted with pnnx (for ncnn), or exported as ONNX "
     "for the MNN converter."},
    {Kind::gzip, "gzip", "a gzip archive", "Unpack it first."},
    {Kind::tflite, "tflite", "a TensorFlow Lite model", "Convert it with the MNN converter."},
    {Kind::hdf5, "hdf5", "an HDF5 file (a Keras model is one)", kLook},
    {Kind::gguf, "gguf", "a GGUF model", kLook},
    {Kind::png, "png", "a PNG image", kLook},
    {Kind::jpeg, "jpeg", "a JPEG image", kLook},
    {Kind::utf16, "utf16", "UTF-16 text", kMarks},
    {Kind::json, "json", "JSON", kLook},
    {Kind::text, "text", "plain text", kLook},
    {Kind::unknown, "unknown", "unknown binary data", kLook},
};

struct Signature {
    size_t offset;
    std::string_view bytes;
    Kind kind;
};

// ncnn starts each tagged blob with a word that says how it is stored: fp32, fp16, bf16, int8.
constexpr Signature kSignatures[] = {
    {0, "\x93NUMPY"sv, Kind::npy},
    {0, "PK\x03\x04"sv, Kind::zip},
    {0, "\x1f\x8b"sv, Kind::gzip},
    {0, "\x89HDF"sv, Kind::hdf5},
    {4, "TFL3"sv, Kind::tflite},
    {0, "GGUF"sv, Kind::gguf},
    {0, "\x89PNG"sv, Kind::png},
    {0, "\xff\xd8\xff"sv, Kind::jpeg},
    {0, "\xff\xfe"sv, Kind::utf16},
    {0, "\xfe\xff"sv, Kind::utf16},
    {0, "\xdd\x85\x76\0"sv, Kind::ncnnParamBin},
    {0, "\x56\xc0\x02\0"sv, Kind::ncnnBin},
    {0, "\x47\x6b\x30\x01"sv, Kind::ncnnBin},
    {0, "\x83\x8b\x34\x01"sv, Kind::ncnnBin},
    {0, "\x38\x4b\x0d\0"sv, Kind::ncnnBin},
};

bool startsWith(std::string_view text, std::string_view prefix) {
    return text.substr(0, prefix.size()) == prefix;
}

bool startsWithIgnoringCase(std::string_view text, std::string_view prefix) {
    return text.size() >= prefix.size() &&
           std::equal(prefix.begin(), prefix.end(), text.begin(),
                      [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
}

bool isPrintable(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c != 0x7f);
    });
}

Kind kindOfText(std::string_view bytes) {
    const std::string_view head = bytes.substr(0, 512);
    std::string_view text = startsWith(head, "\xef\xbb\xbf") ? head.substr(3) : head;
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    if (startsWith(text, "7767517")) return Kind::ncnnParam;
    for (const char* tag : {"<!doctype", "<html", "<?xml", "<head", "<body"}) {
        if (startsWithIgnoringCase(text, tag)) return Kind::html;
    }
    const std::string_view url = startsWith(text, "version ") ? text.substr(8) : std::string_view();
    if (url.substr(0, url.find_first_of(" \n")).find("git-lfs") != std::string_view::npos)
        return Kind::lfsPointer;
    if (!isPrintable(head)) return Kind::unknown;
    return startsWith(text, "{") ? Kind::json : Kind::text;
}

// A protobuf has no magic number: field 1 (ir_version, a small varint) comes first, then another field of
// ModelProto, all of them below number 26.
bool looksLikeOnnx(std::string_view bytes) {
    if (bytes.size() < 3 || bytes[0] != 0x08 || bytes[1] < 1 || bytes[1] > 32) return false;
    constexpr int kLengthDelimited = 2;
    const int key = static_cast<unsigned char>(bytes[2]);
    return (key & 7) == kLengthDelimited && key >> 3 >= 2 && key >> 3 <= 25;
}

template <typename T> T read(std::string_view bytes, size_t offset) {
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

// Tag 0 (raw fp32), followed by numbers of the size that weights have.
bool looksLikeRawWeights(std::string_view bytes) {
    if (bytes.size() < 20 || read<uint32_t>(bytes, 0) != 0) return false;
    for (const size_t offset : {4, 8, 12, 16}) {
        const float size = std::abs(read<float>(bytes, offset));
        if (size != 0 && !(size > 1e-12f && size < 1e6f)) return false;
    }
    return true;
}

// A flatbuffer starts with the offset of its root table, which starts with the distance to its vtable.
bool looksLikeMnn(std::string_view bytes) {
    if (bytes.size() < 8) return false;
    const uint32_t root = read<uint32_t>(bytes, 0);
    if (root < 4 || root > 4096 || root + 4 > bytes.size()) return false;
    const int64_t vtable = int64_t(root) - read<int32_t>(bytes, root);
    return vtable >= 4 && vtable + 4 <= int64_t(bytes.size()) &&
           read<uint16_t>(bytes, static_cast<size_t>(vtable)) >= 4;
}

Kind kindOf(std::string_view bytes) {
    if (bytes.empty()) return Kind::empty;
    if (std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == 0; })) return Kind::zeros;
    if (const Kind text = kindOfText(bytes); text != Kind::unknown) return text;
    for (const Signature& each : kSignatures) {
        if (bytes.size() > each.offset && startsWith(bytes.substr(each.offset), each.bytes)) return each.kind;
    }
    if (looksLikeOnnx(bytes)) return Kind::onnx;
    if (looksLikeRawWeights(bytes)) return Kind::ncnnBin;
    return looksLikeMnn(bytes) ? Kind::mnn : Kind::unknown;
}

} // namespace

const FileContent& contentOf(std::string_view bytes) {
    return kContents[kindOf(bytes)];
}

std::string reportContent(std::string_view bytes) {
    const FileContent& content = contentOf(bytes);
    JsonWriter json;
    json.beginObject().key("kind").string(content.name);
    json.key("description").string(content.description).key("help").string(content.help).endObject();
    return json.take();
}

} // namespace twinfer
