#include <algorithm>
#include <unordered_map>

#include "param_values.h"
#include "scan_param.h"
#include "text_header.h"

namespace twinfer {

namespace {

constexpr const char* kInvalid = "TWINFER_MODEL_INVALID";
constexpr const char* kTruncated = "TWINFER_MODEL_TRUNCATED";
constexpr size_t kLongestName = 255; // ncnn's buffers

class TextParser {
  public:
    TextParser(std::string_view text, Findings& findings)
        : text_(text), scanner_(text), findings_(findings) {}

    ParamFile parse() {
        if (text_.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos) {
            refuseEmpty();
            file_.complete = false;
            return std::move(file_);
        }
        readTextHeader(text_, scanner_, findings_, file_);
        while (scanner_.nextLine()) {
            if (read_ == file_.announcedLayers) {
                noteIgnored();
                break;
            }
            read_++;
            if (!readLayer()) refuseLine();
        }
        if (file_.complete) file_.readable = file_.layers.size();
        checkCounts();
        noteLineEnds();
        return std::move(file_);
    }

  private:
    void refuseEmpty() {
        const std::string message = "expected the ncnn magic 7767517 on line 1 of the .param, received " +
                                    std::to_string(text_.size()) + " bytes without any text";
        const char* help = "The file is empty: copy or convert it again.";
        findings_.refuse(problem("truncated-text", "the file holds no text", help),
                         Error(kTruncated, message, help));
    }

    int line() const { return scanner_.here().line; }
    int64_t lineStart() const { return static_cast<int64_t>(scanner_.here().lineStart); }

    // Of the line that is being read.
    Finding problem(const char* code, std::string message, std::string help) const {
        return {code, std::move(message), std::move(help), {}, line(), lineStart()};
    }

    // What the two doors say of the line: problem_ is filled by whoever gave up on it.
    void refuseLine() {
        if (file_.complete) file_.readable = file_.layers.size();
        file_.complete = false;
        const LineProblem& p = problem_;
        Finding finding =
            problem(p.cut ? "truncated-text" : "syntax", p.message, p.cut ? kCopyAgain : p.help);
        finding.layer = layer_.name;
        findings_.refuse(std::move(finding), Error(p.ended ? kTruncated : kInvalid,
                                                   atLine(line()) + inLayer_ + ": expected " + p.expected +
                                                       ", received " + p.received,
                                                   p.errorHelp));
    }

    bool fail(const std::string& expected, const std::string& received, const std::string& message = {},
              const std::string& help = "A layer starts with Type name inputs outputs.") {
        problem_ = {expected, received,
                    message.empty() ? "expected " + expected + ", found " + received : message, help};
        return false;
    }

    // A line that ends too early: a truncation when it is the last one and has no line break.
    bool failShort(const std::string& expected) {
        const bool ended = scanner_.ended();
        fail(expected, std::string("the end of the ") + (ended ? "file" : "line"));
        problem_.cut = true;
        problem_.ended = ended;
        if (ended) problem_.errorHelp = "The file was cut off: copy or convert it again.";
        return false;
    }

    bool name(const std::string& what, std::string& into) {
        const std::string_view found = scanner_.word();
        if (found.empty()) return failShort(what);
        const auto odd = std::find_if(found.begin(), found.end(), [](char c) {
            return (static_cast<unsigned char>(c) < 0x20) || c == 0x7f;
        });
        if (odd != found.end()) return fail(what, "unknown characters '" + printable(found) + "'");
        if (found.size() > kLongestName)
            return fail(what + " of at most 255 bytes", std::to_string(found.size()));
        into = std::string(found);
        return true;
    }

    // What check() says where the line is too short, instead of what open() expected there.
    bool sayOfCut(const std::string& message) {
        if (problem_.cut) problem_.message = message;
        return false;
    }

    bool count(const std::string& what, const std::string& said, int& value) {
        std::string found;
        if (!name(what, found))
            return sayOfCut("layer '" + layer_.name + "' does not say how many inputs and outputs it has");
        if (parseWholeNumber(found, value) && value >= 0 && value <= kMostLayers) return true;
        return fail(what, "'" + printable(found) + "'",
                    "layer '" + layer_.name + "': expected " + said + ", found '" + printable(found) + "'");
    }

    // ncnn would take "0=16" for a blob name when a count is too large.
    bool blobName(const char* kind, int index, int most, std::string& found) {
        const std::string what = std::string("the name of ") + kind + " " + std::to_string(index + 1) +
                                 " of " + std::to_string(most);
        if (!name(what, found)) return false;
        const size_t equals = found.find('=');
        int32_t id = 0;
        if (equals == std::string::npos || !parseWholeNumber(found.substr(0, equals), id)) return true;
        fail(what, "the parameter '" + printable(found) + "'");
        problem_.cut = true;
        return false;
    }

    bool readLayer() {
        layer_ = {};
        inLayer_.clear();
        layer_.line = line();
        layer_.offset = scanner_.here().lineStart;
        int bottoms = 0, tops = 0;
        if (!name("a layer type", layer_.type)) return false;
        if (!name("a layer name", layer_.name)) return sayOfCut("layer '" + layer_.type + "' has no name");
        if (!count("the number of bottoms", "the number of inputs", bottoms)) return false;
        if (!count("the number of tops", "the number of outputs", tops)) return false;
        if (!readBlobs(bottoms, tops)) return false;
        inLayer_ = ", layer '" + layer_.name + "'";
        if (!parseParamValues(scanner_.rest(), layer_.params, problem_)) return false;
        file_.layers.push_back(std::move(layer_));
        return true;
    }

    bool readBlobs(int bottoms, int tops) {
        std::string found;
        for (int i = 0; i < bottoms + tops; i++) {
            const bool read = i < bottoms ? blobName("bottom", i, bottoms, found)
                                          : blobName("top", i - bottoms, tops, found);
            if (!read) {
                return sayOfCut("layer '" + layer_.name + "' declares " + std::to_string(bottoms) +
                                " inputs and " + std::to_string(tops) + " outputs but names " +
                                std::to_string(i) + " blobs");
            }
            if (i < bottoms) {
                layer_.bottoms.push_back(bottom(found));
            } else {
                layer_.tops.push_back(top(found));
            }
        }
        return true;
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
    void noteIgnored() {
        const int64_t offset = lineStart();
        do {
            file_.ignoredLines.push_back(line());
        } while (scanner_.nextLine());
        const std::string first = std::to_string(file_.ignoredLines[0]);
        const size_t count = file_.ignoredLines.size();
        const std::string layers =
            std::to_string(file_.announcedLayers) + " layers: ncnn ignores " +
            (count == 1 ? "line " + first : std::to_string(count) + " lines from line " + first + " on");
        file_.notes.push_back("line 2 of the .param says " + layers);
        findings_.note({"ignored-lines",
                        "line 2 declares " + layers,
                        "The network ends before: correct the count if those layers belong to it.",
                        {},
                        0,
                        offset,
                        Severity::warning});
    }

    // More blobs than announced come from a wrong name most often, which checkGraph can point at.
    void checkCounts() {
        if (file_.announcedLayers < 0) return;
        const int layers = file_.announcedLayers, blobs = file_.announcedBlobs;
        const int found = static_cast<int>(file_.layers.size());
        const int used = static_cast<int>(file_.blobs.size());
        const std::string numbers = "line 2 of the .param: expected " + std::to_string(layers) +
                                    " layers and " + std::to_string(blobs) + " blobs as it says, received " +
                                    std::to_string(found) + " and " + std::to_string(used);
        if (found < layers) {
            findings_.refuse(
                problem("layer-count",
                        "line 2 declares " + std::to_string(layers) + " layers, the file holds " +
                            std::to_string(found),
                        kCopyAgain),
                used < blobs ? Error(kTruncated, numbers, "The file was cut off: copy or convert it again.")
                             : Error(kInvalid, numbers, "Correct the first number on line 2."));
        } else if (used < blobs) {
            file_.notes.push_back(numbers + "; ncnn ignores the difference");
        }
    }

    void noteLineEnds() {
        if (text_.find('\r') == std::string_view::npos) return;
        findings_.note({"line-endings",
                        "lines end in CR LF, as Windows programs write them",
                        "ncnn reads it; other readers may take the CR for part of a name.",
                        {},
                        0,
                        -1,
                        Severity::info});
    }

    std::string_view text_;
    TextScanner scanner_;
    Findings& findings_;
    int read_ = 0;        // lines of layers, readable or not
    ParamLayer layer_;    // that is being read
    std::string inLayer_; // once its name counts
    LineProblem problem_;
    std::unordered_map<std::string, int> index_;
    ParamFile file_;
};

} // namespace

ParamFile scanTextParam(std::string_view text, Findings& findings) {
    return TextParser(text, findings).parse();
}

} // namespace twinfer
