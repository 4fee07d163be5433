#include "mend_param.h"

#include "param_file.h"
#include "param_values.h"
#include "text_scanner.h"

namespace twinfer {

namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// "3 4", of a line that holds two numbers.
std::string countsIn(std::string_view line) {
    TextScanner scanner(line);
    if (!scanner.nextLine()) return {};
    int32_t number = 0;
    const std::string_view layers = scanner.word(), blobs = scanner.word();
    const bool two = parseWholeNumber(layers, number) && parseWholeNumber(blobs, number);
    return two && trimmed(scanner.rest()).empty() ? std::string(layers) + " " + std::string(blobs) : "";
}

// What the lines of layers say, however many were announced.
std::string countsOf(std::string_view layers) {
    const std::string most = std::to_string(kMostLayers);
    const std::string whole =
        std::to_string(kParamMagic) + "\n" + most + " " + most + "\n" + std::string(layers);
    CollectedFindings findings;
    const ParamFile file = parseParam(whole, findings);
    if (file.layers.empty() || file.readable != file.layers.size() || !file.complete) return {};
    return std::to_string(file.layers.size()) + " " + std::to_string(file.blobs.size());
}

} // namespace

std::optional<MendedParam> mendParam(std::string_view content) {
    MendedParam mended;
    mended.hadByteOrderMark = content.substr(0, kByteOrderMark.size()) == kByteOrderMark;
    if (mended.hadByteOrderMark) content.remove_prefix(kByteOrderMark.size());

    TextScanner scanner(content);
    if (!scanner.nextLine()) return std::nullopt;
    const std::string magic = std::to_string(kParamMagic);
    std::string_view line = scanner.restOfLine(scanner.here().lineStart);
    mended.lackedMagic = trimmed(line) != magic;
    if (!mended.lackedMagic) {
        if (!scanner.nextLine()) return std::nullopt;
        line = scanner.restOfLine(scanner.here().lineStart);
    }
    const std::string counts = countsIn(line);
    const std::string_view layers = content.substr(scanner.here().at);
    // Where one cannot be read, nobody can count them.
    const std::string right = countsOf(layers);
    if (!counts.empty() && !right.empty() && counts != right) {
        mended.counts = counts;
        mended.rightCounts = right;
    }
    if (!mended.hadByteOrderMark && !mended.lackedMagic && mended.counts.empty()) return std::nullopt;
    if (mended.lackedMagic && counts.empty()) return std::nullopt; // no .param
    mended.text = magic + "\n" + (mended.counts.empty() ? std::string(line) : right) + std::string(layers);
    return mended;
}

} // namespace twinfer
