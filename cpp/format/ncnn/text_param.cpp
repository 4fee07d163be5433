#include <algorithm>
#include <unordered_map>

#include "../../error.h"
#include "foreign_file.h"
#include "param_file.h"
#include "param_values.h"

namespace twinfer {

namespace {

constexpr const char* kInvalid = "TWINFER_MODEL_INVALID";
constexpr const char* kTruncated = "TWINFER_MODEL_TRUNCATED";
constexpr size_t kLongestName = 255; // ncnn's buffers
constexpr std::string_view kSpaces = " \t\v\f";

std::string atLine(int line) {
    return "line " + std::to_string(line) + " of the .param";
}

class TextParser {
  public:
    explicit TextParser(std::string_view text) : text_(text) {}

    ParamFile parse() {
        checkMagic();
        const int layers = readCount("layers");
        const int blobs = readCount("blobs");
        while (nextLine()) {
            if (static_cast<int>(file_.layers.size()) == layers) {
                noteIgnored(layers);
                break;
            }
            readLayer();
        }
        checkCounts(layers, blobs);
        return std::move(file_);
    }

  private:
    void checkMagic() {
        if (text_.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos) {
            throw Error(kTruncated,
                        "expected the ncnn magic 7767517 on line 1 of the .param, received " +
                            std::to_string(text_.size()) + " bytes without any text",
                        "The file is empty: copy or convert it again.");
        }
        const std::string foreign = describeForeignFile(text_.substr(0, 256));
        std::string_view first;
        if (foreign.empty()) first = nextWord();
        if (first == std::to_string(kParamMagic)) return;
        const std::string received = foreign.empty() ? "'" + printable(first) + "'" : foreign;
        const std::string help = helpForForeignFile(text_.substr(0, 256));
        throw Error(kInvalid, "expected the ncnn magic 7767517 on line 1 of the .param, received " + received,
                    !help.empty()
                        ? help
                        : "Without its first line a .param is not readable; files of ncnn before 2017 "
                          "have none and must be converted again.");
    }

    int readCount(const char* what) {
        const std::string_view word = nextWord();
        int32_t count = 0;
        if (word.empty()) {
            throw Error(kTruncated, "expected the number of " + std::string(what) +
                                        " on line 2 of the .param, "
                                        "received the end of the file");
        }
        if (!parseWholeNumber(word, count) || count < 1 || count > kMostLayers) {
            throw Error(kInvalid, "expected the number of " + std::string(what) + " (1 to " +
                                      std::to_string(kMostLayers) + ") on " + atLine(line_) + ", received '" +
                                      printable(word) + "'");
        }
        return count;
    }

    // Magic and counts may be spread over lines as they like; ncnn scans them as words.
    std::string_view nextWord() {
        while (at_ < text_.size() && (kSpaces.find(text_[at_]) != kSpaces.npos || isBreak(text_[at_])))
            step();
        const size_t start = at_;
        while (at_ < text_.size() && kSpaces.find(text_[at_]) == kSpaces.npos && !isBreak(text_[at_])) at_++;
        return text_.substr(start, at_ - start);
    }

    static bool isBreak(char c) { return c == '\n' || c == '\r'; }

    void step() {
        const char c = text_[at_++];
        // \r\n is one break, a lone \r one as well.
        if (c == '\n' || (c == '\r' && (at_ >= text_.size() || text_[at_] != '\n'))) line_++;
    }

    // Moves to the next line with something on it; false at the end.
    bool nextLine() {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (!isBreak(c) && kSpaces.find(c) == kSpaces.npos) break;
            step();
        }
        if (at_ >= text_.size()) return false;
        const size_t end = std::min(text_.find_first_of("\r\n", at_), text_.size());
        rest_ = text_.substr(at_, end - at_);
        at_ = end;
        return true;
    }

    std::string_view word() {
        const size_t start = std::min(rest_.find_first_not_of(kSpaces), rest_.size());
        const size_t end = std::min(rest_.find_first_of(kSpaces, start), rest_.size());
        const std::string_view found = rest_.substr(start, end - start);
        rest_ = rest_.substr(end);
        return found;
    }

    [[noreturn]] void fail(const std::string& expected, const std::string& received) const {
        throw Error(kInvalid, atLine(line_) + ": expected " + expected + ", received " + received);
    }

    // A line that ends too early: a truncation when it is the last one and has no line break.
    [[noreturn]] void failShort(const std::string& expected) const {
        const bool cut = at_ >= text_.size();
        throw Error(cut ? kTruncated : kInvalid,
                    atLine(line_) + ": expected " + expected + ", received the end of the " +
                        (cut ? "file" : "line"),
                    cut ? "The file was cut off: copy or convert it again." : "");
    }

    std::string name(const std::string& what) {
        const std::string_view found = word();
        if (found.empty()) failShort(what);
        const auto odd = std::find_if(found.begin(), found.end(), [](char c) {
            return (static_cast<unsigned char>(c) < 0x20) || c == 0x7f;
        });
        if (odd != found.end()) fail(what, "unknown characters '" + printable(found) + "'");
        if (found.size() > kLongestName) fail(what + " of at most 255 bytes", std::to_string(found.size()));
        return std::string(found);
    }

    int count(const std::string& what) {
        const std::string found = name(what);
        int32_t value = 0;
        if (!parseWholeNumber(found, value) || value < 0 || value > kMostLayers) {
            fail(what, "'" + printable(found) + "'");
        }
        return value;
    }

    // ncnn would take "0=16" for a blob name when a count is too large.
    std::string blobName(const std::string& what) {
        const std::string found = name(what);
        const size_t equals = found.find('=');
        int32_t id = 0;
        if (equals != std::string::npos && parseWholeNumber(found.substr(0, equals), id)) {
            fail(what, "the parameter '" + printable(found) + "'");
        }
        return found;
    }

    void readLayer() {
        ParamLayer layer;
        layer.line = line_;
        layer.type = name("a layer type");
        layer.name = name("a layer name");
        const int bottoms = count("the number of bottoms");
        const int tops = count("the number of tops");
        for (int i = 0; i < bottoms; i++) {
            layer.bottoms.push_back(bottom(
                blobName("the name of bottom " + std::to_string(i + 1) + " of " + std::to_string(bottoms))));
        }
        for (int i = 0; i < tops; i++) {
            layer.tops.push_back(
                top(blobName("the name of top " + std::to_string(i + 1) + " of " + std::to_string(tops))));
        }
        layer.params = parseParamValues(rest_, atLine(line_) + ", layer '" + layer.name + "'");
        file_.layers.push_back(std::move(layer));
    }

    // As ncnn numbers them: a bottom is the first blob of that name, a top always a new one.
    int bottom(const std::string& name) {
        const auto known = index_.find(name);
        return known != index_.end() ? known->second : top(name);
    }

    int top(const std::string& name) {
        const int index = static_cast<int>(file_.blobs.size());
        file_.blobs.push_back(name);
        index_.emplace(name, index);
        return index;
    }

    // ncnn stops reading there, and real files have a line more.
    void noteIgnored(int layers) {
        const int line = line_;
        int more = 1;
        while (nextLine()) more++;
        file_.notes.push_back(
            "line 2 of the .param says " + std::to_string(layers) + " layers: ncnn ignores " +
            (more == 1 ? "line " + std::to_string(line)
                       : std::to_string(more) + " lines from line " + std::to_string(line) + " on"));
    }

    // More blobs than announced come from a wrong name most often, which checkGraph can point at.
    void checkCounts(int layers, int blobs) {
        file_.announcedBlobs = blobs;
        const int found = static_cast<int>(file_.layers.size());
        const int used = static_cast<int>(file_.blobs.size());
        const std::string numbers = "line 2 of the .param: expected " + std::to_string(layers) +
                                    " layers and " + std::to_string(blobs) + " blobs as it says, received " +
                                    std::to_string(found) + " and " + std::to_string(used);
        if (found < layers && used < blobs) {
            throw Error(kTruncated, numbers, "The file was cut off: copy or convert it again.");
        }
        if (found < layers) throw Error(kInvalid, numbers, "Correct the first number on line 2.");
        if (used < blobs) file_.notes.push_back(numbers + "; ncnn ignores the difference");
    }

    std::string_view text_;
    std::string_view rest_; // of the current line
    size_t at_ = 0;
    int line_ = 1;
    std::unordered_map<std::string, int> index_;
    ParamFile file_;
};

} // namespace

ParamFile parseTextParam(std::string_view text) {
    return TextParser(text).parse();
}

} // namespace twinfer
