#include "file_kind.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstring>

namespace twinfer::mnn {

namespace {

struct Signature {
    size_t offset;
    const char* bytes;
    size_t length;
    const char* name;
    const char* help;
};

constexpr const char* kConvert = "Convert it with the MNN 3.6.1 converter first.";
constexpr const char* kDownload = "The download went wrong: fetch the model again.";

const Signature kSignatures[] = {
    {0, "version https://git-lfs", 23, "a Git LFS pointer", "Run `git lfs pull` to fetch the real file."},
    {0, "7767517", 7, "an ncnn .param file", "Open it as an ncnn model."},
    {0, "\x85\xdd\x76\x00", 4, "a binary ncnn .param file", "Open it as an ncnn model."},
    {0, "\x47\x6b\x30\x01", 4, "an ncnn .bin file (fp16 weights)", "Open its .param as an ncnn model."},
    {0, "\x83\x8b\x34\x01", 4, "an ncnn .bin file (bf16 weights)", "Open its .param as an ncnn model."},
    {0, "\x38\x4b\x0d\x00", 4, "an ncnn .bin file (int8 weights)", "Open its .param as an ncnn model."},
    {0, "\x56\xc0\x02\x00", 4, "an ncnn .bin file", "Open its .param as an ncnn model."},
    {4, "TFL3", 4, "a TensorFlow Lite model", kConvert},
    {0, "PK\x03\x04", 4, "a zip archive (PyTorch saves models so)", "Export to ONNX and convert that."},
    {0, "\x1f\x8b", 2, "a gzip archive", "Unpack it first."},
    {0, "\x93NUMPY", 6, "a NumPy .npy file", "Give the model, not its input."},
    {0, "\x89PNG", 4, "a PNG image", "Give the model, not its input."},
    {0, "\xff\xd8\xff", 3, "a JPEG image", "Give the model, not its input."},
};

bool startsLikeOnnx(const unsigned char* bytes, size_t size) {
    // protobuf: field 1 (ir_version) as a small varint, then a field that ModelProto has.
    if (size < 4 || bytes[0] != 0x08 || bytes[1] == 0 || bytes[1] > 32) return false;
    const int field = bytes[2] >> 3, wire = bytes[2] & 7;
    return wire == 2 && (field == 2 || field == 3 || field == 4 || field == 6 || field == 7 || field == 8);
}

bool isText(const unsigned char* bytes, size_t size) {
    return std::all_of(bytes, bytes + std::min<size_t>(size, 256),
                       [](unsigned char c) { return c >= 0x20 || c == '\n' || c == '\r' || c == '\t'; });
}

} // namespace

FileKind recogniseForeignFile(const void* data, size_t size) {
    const auto* bytes = static_cast<const unsigned char*>(data);
    if (size == 0) return {"an empty file", kDownload};
    for (const Signature& signature : kSignatures) {
        if (size >= signature.offset + signature.length &&
            std::memcmp(bytes + signature.offset, signature.bytes, signature.length) == 0) {
            return {signature.name, signature.help};
        }
    }
    if (startsLikeOnnx(bytes, size)) return {"an ONNX model", kConvert};
    if (std::all_of(bytes, bytes + size, [](unsigned char c) { return c == 0; })) {
        return {"nothing but zero bytes", kDownload};
    }
    // A tag of 0 means raw fp32 weights to ncnn; to flatbuffers it is a root at offset 0, which no writer
    // makes.
    if (size >= 8 && std::memcmp(bytes, "\0\0\0\0", 4) == 0) {
        return {"an ncnn .bin file (fp32 weights)", "Open its .param as an ncnn model."};
    }
    if (isText(bytes, size)) {
        const unsigned char* first = std::find_if_not(bytes, bytes + std::min<size_t>(size, 64),
                                                      [](unsigned char c) { return std::isspace(c) != 0; });
        return {first < bytes + size && *first == '<' ? "an HTML or XML page" : "a text file", kDownload};
    }
    return {};
}

} // namespace twinfer::mnn
