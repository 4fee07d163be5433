#pragma once

#include <string_view>

namespace twinfer {

// Walks through the text of a .param by words, as ncnn scans its counts, and by lines, as its layers stand.
// \r\n is one break, a lone \r one as well.
class TextScanner {
  public:
    explicit TextScanner(std::string_view text) : text_(text) {}

    // A place in the text, to come back to.
    struct Mark {
        size_t at = 0;
        size_t lineStart = 0;
        int line = 1;
    };
    const Mark& here() const { return here_; }
    void goTo(const Mark& mark) { here_ = mark; }

    bool ended() const { return here_.at >= text_.size(); }
    void skip(size_t bytes) { here_.at += bytes; }
    void skipBlank();
    void skipLine() { here_.at += restOfLine(here_.at).size(); }

    // The next word, on whatever line; empty at the end.
    std::string_view nextWord();
    std::string_view restOfLine(size_t at) const;

    // Moves to the next line with something on it; false at the end.
    bool nextLine();
    // The next word of that line, and what is left of it.
    std::string_view word();
    std::string_view rest() const { return rest_; }

  private:
    void step();

    std::string_view text_;
    std::string_view rest_;
    Mark here_;
};

// Without the blanks at both ends.
std::string_view trimmed(std::string_view line);
bool isBlank(char c);

} // namespace twinfer
