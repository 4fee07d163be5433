#include "text_scanner.h"

#include <algorithm>

namespace twinfer {

namespace {

constexpr std::string_view kSpaces = " \t\v\f";
constexpr std::string_view kBreaks = "\r\n";

} // namespace

bool isBlank(char c) {
    return kSpaces.find(c) != kSpaces.npos;
}

std::string_view trimmed(std::string_view line) {
    const size_t start = line.find_first_not_of(kSpaces);
    return start == line.npos ? "" : line.substr(start, line.find_last_not_of(kSpaces) + 1 - start);
}

void TextScanner::skipBlank() {
    while (!ended() && (isBlank(text_[here_.at]) || kBreaks.find(text_[here_.at]) != kBreaks.npos)) step();
}

void TextScanner::step() {
    const char c = text_[here_.at++];
    if (c != '\n' && (c != '\r' || (!ended() && text_[here_.at] == '\n'))) return;
    here_.line++;
    here_.lineStart = here_.at;
}

std::string_view TextScanner::nextWord() {
    skipBlank();
    const std::string_view line = restOfLine(here_.at);
    const std::string_view word = line.substr(0, line.find_first_of(kSpaces));
    here_.at += word.size();
    return word;
}

std::string_view TextScanner::restOfLine(size_t at) const {
    const std::string_view rest = text_.substr(at);
    return rest.substr(0, rest.find_first_of(kBreaks));
}

bool TextScanner::nextLine() {
    skipBlank();
    rest_ = restOfLine(here_.at);
    here_.at += rest_.size();
    return !rest_.empty();
}

std::string_view TextScanner::word() {
    const size_t start = std::min(rest_.find_first_not_of(kSpaces), rest_.size());
    const size_t end = std::min(rest_.find_first_of(kSpaces, start), rest_.size());
    const std::string_view found = rest_.substr(start, end - start);
    rest_ = rest_.substr(end);
    return found;
}

} // namespace twinfer
