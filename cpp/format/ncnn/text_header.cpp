#include "text_header.h"

#include <algorithm>
#include <utility>

#include "../file_content.h"
#include "param_values.h"
#include "scan_param.h"

namespace twinfer {

namespace {

constexpr const char* kInvalid = "TWINFER_MODEL_INVALID";
constexpr const char* kTruncated = "TWINFER_MODEL_TRUNCATED";
constexpr std::string_view kMark = "\xef\xbb\xbf";

bool isOneWord(std::string_view text) {
    return std::none_of(text.begin(), text.end(), isBlank);
}

// What says better by its lines what is wrong with it.
bool mayBeParam(const FileContent& content) {
    return content.kind == FileContent::ncnnParam || content.kind == FileContent::text ||
           content.kind == FileContent::unknown || content.kind == FileContent::empty;
}

class TextHeader {
  public:
    TextHeader(std::string_view text, TextScanner& scanner, Findings& findings, ParamFile& file)
        : text_(text), scanner_(scanner), findings_(findings), file_(file) {}

    void read() {
        checkMagic();
        readCounts();
    }

  private:
    static Finding problem(const char* code, std::string message, std::string help,
                           const TextScanner::Mark& place) {
        return {code, std::move(message), std::move(help),
                {},   place.line,         static_cast<int64_t>(place.lineStart)};
    }

    void checkMagic() {
        const FileContent& content = contentOf(text_);
        const bool marked = text_.substr(0, kMark.size()) == kMark;
        if (marked) {
            findings_.refuse(problem("byte-order-mark",
                                     "a byte order mark stands before the magic number 7767517",
                                     "Save the file as UTF-8 without BOM: ncnn refuses it.", scanner_.here()),
                             magicError("text with a byte order mark (BOM) in front"));
            scanner_.skip(kMark.size());
        }
        const bool known = marked || mayBeParam(content);
        scanner_.skipBlank();
        const TextScanner::Mark start = scanner_.here();
        const std::string_view shown = scanner_.restOfLine(start.at);
        const std::string_view first = scanner_.nextWord();
        if (known && first == std::to_string(kParamMagic)) return;
        // Before 2017 the file began with the counts.
        int32_t number = 0;
        const std::string_view second = scanner_.restOfLine(scanner_.here().at);
        const bool old =
            known && parseWholeNumber(first, number) && parseWholeNumber(trimmed(second), number);
        findings_.refuse(
            problem("no-magic", "expected the magic number 7767517, found '" + printable(shown) + "'",
                    old ? "This is the layout from before the magic number: convert the model again, or put "
                          "7767517 on a line before it."
                        : "Check that the path names an ncnn .param.",
                    start),
            magicError(known ? "'" + printable(first) + "'" : content.description));
        if (old) {
            scanner_.goTo(start);
        } else {
            scanner_.skipLine();
        }
    }

    Error magicError(const std::string& received) const {
        return Error(kInvalid,
                     "expected the ncnn magic 7767517 on line 1 of the .param, received " + received,
                     mayBeParam(contentOf(text_))
                         ? "Without its first line a .param is not readable; files of ncnn before 2017 "
                           "have none and must be converted again."
                         : contentOf(text_).help);
    }

    void readCounts() {
        scanner_.skipBlank();
        const TextScanner::Mark start = scanner_.here();
        file_.countsOffset = start.lineStart;
        if (readCount("layers", start, file_.announcedLayers) &&
            readCount("blobs", start, file_.announcedBlobs))
            return;
        file_.announcedLayers = file_.announcedBlobs = -1;
        file_.complete = false;
        scanner_.goTo(start);
        scanner_.skipLine();
    }

    bool readCount(const char* what, const TextScanner::Mark& start, int& count) {
        const std::string_view word = scanner_.nextWord();
        const bool known = parseWholeNumber(word, count) && count >= 1 && count <= kMostLayers;
        if (known) return true;
        const std::string name = "the number of " + std::string(what);
        const std::string_view counts = scanner_.restOfLine(start.at);
        const bool cut = isOneWord(trimmed(counts));
        Finding finding = problem(cut ? "truncated-text" : "syntax",
                                  "expected the layer and blob counts, found '" + printable(counts) + "'",
                                  cut ? kCopyAgain : "Line 2 holds two numbers.", start);
        if (word.empty()) {
            findings_.refuse(std::move(finding),
                             Error(kTruncated, "expected " + name +
                                                   " on line 2 of the .param, received the end of "
                                                   "the file"));
        } else {
            findings_.refuse(std::move(finding),
                             Error(kInvalid, "expected " + name + " (1 to " + std::to_string(kMostLayers) +
                                                 ") on " + atLine(scanner_.here().line) + ", received '" +
                                                 printable(word) + "'"));
        }
        return false;
    }

    std::string_view text_;
    TextScanner& scanner_;
    Findings& findings_;
    ParamFile& file_;
};

} // namespace

std::string atLine(int line) {
    return "line " + std::to_string(line) + " of the .param";
}

void readTextHeader(std::string_view text, TextScanner& scanner, Findings& findings, ParamFile& file) {
    TextHeader(text, scanner, findings, file).read();
}

} // namespace twinfer
