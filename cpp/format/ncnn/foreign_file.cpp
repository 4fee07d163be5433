#include "foreign_file.h"

#include <algorithm>
#include <cctype>

namespace twinfer {

namespace {

struct Sign {
    size_t offset;
    std::string_view bytes;
    const char* what;
};

using std::string_view_literals::operator""sv;

constexpr Sign kSigns[] = {
    {0, "version https://git-lfs"sv, "a git LFS pointer"},
    {0, "\xef\xbb\xbf"sv, "text with a byte order mark (BOM) in front"},
    {0, "\xff\xfe"sv, "UTF-16 text"},
    {0, "\xfe\xff"sv, "UTF-16 text"},
    {0, "PK\x03\x04"sv, "a zip archive (a PyTorch checkpoint?)"},
    {0, "\x1f\x8b"sv, "gzip data"},
    {0, "\x89HDF"sv, "an HDF5 file (Keras)"},
    {0, "\x89PNG"sv, "a PNG image"},
    {0, "\x93NUMPY"sv, "a NumPy array"},
    {0, "GGUF"sv, "a GGUF model"},
    {4, "TFL3"sv, "a TensorFlow Lite model"},
    {0, "\x47\x6b\x30\x01"sv, "ncnn weights (a .bin, not a .param)"},
    {0, "\x83\x8b\x34\x01"sv, "ncnn weights (a .bin, not a .param)"},
    {0, "\x38\x4b\x0d\x00"sv, "ncnn weights (a .bin, not a .param)"},
    {0, "\x56\xc0\x02\x00"sv, "ncnn weights (a .bin, not a .param)"},
    {0, "\0\0\0\0"sv, "ncnn weights (a .bin, not a .param)"},
    {0, "\x08\x03"sv, "an ONNX model"},
    {0, "\x08\x04"sv, "an ONNX model"},
    {0, "\x08\x05"sv, "an ONNX model"},
    {0, "\x08\x06"sv, "an ONNX model"},
    {0, "\x08\x07"sv, "an ONNX model"},
    {0, "\x08\x08"sv, "an ONNX model"},
    {0, "\x08\x09"sv, "an ONNX model"},
    {0, "\x08\x0a"sv, "an ONNX model"},
    {0, "\x08\x0b"sv, "an ONNX model"},
};

bool startsWithIgnoringCase(std::string_view text, std::string_view prefix) {
    return text.size() >= prefix.size() &&
           std::equal(prefix.begin(), prefix.end(), text.begin(),
                      [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
}

// A .mnn has no magic, but it is a flatbuffer: a small offset to a table whose vtable lies close by.
bool looksLikeFlatbuffer(std::string_view head) {
    if (head.size() < 8) return false;
    const auto word = [&](size_t at) {
        uint32_t value = 0;
        for (size_t i = 0; i < 4; i++) value |= uint32_t(static_cast<unsigned char>(head[at + i])) << (8 * i);
        return value;
    };
    const uint32_t root = word(0);
    return root >= 4 && root % 4 == 0 && root + 4 <= head.size() && root < 256 && word(root) < 256;
}

} // namespace

std::string describeForeignFile(std::string_view head) {
    for (const Sign& sign : kSigns) {
        if (head.size() >= sign.offset && head.substr(sign.offset, sign.bytes.size()) == sign.bytes) {
            return sign.what;
        }
    }
    const size_t start = std::min(head.find_first_not_of(" \t\r\n"), head.size());
    const std::string_view text = head.substr(start);
    for (const char* tag : {"<!doctype html", "<html", "<?xml", "<head", "<body"}) {
        if (startsWithIgnoringCase(text, tag)) return tag[1] == '?' ? "an XML document" : "an HTML page";
    }
    if (!text.empty() && text[0] == '{') return "JSON";
    return looksLikeFlatbuffer(head) ? "a flatbuffer (an MNN model?)" : "";
}

std::string helpForForeignFile(std::string_view head) {
    const std::string what = describeForeignFile(head);
    if (what == "an HTML page")
        return "The download saved an error or login page: download the raw file again.";
    if (what == "a git LFS pointer") return "Fetch the file behind the pointer with `git lfs pull`.";
    if (what.find("BOM") != std::string::npos || what == "UTF-16 text") {
        return "Save the file as plain ASCII or UTF-8 without a byte order mark.";
    }
    if (what.find(".bin") != std::string::npos) {
        return "The .param and the .bin are swapped: give the .param as the model and the .bin as its "
               "weights.";
    }
    return what.empty() ? "" : "Give the .param that pnnx or another ncnn converter wrote.";
}

} // namespace twinfer
