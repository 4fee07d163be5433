#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace twinfer {

// A .param with what only its text had wrong put right.
struct MendedParam {
    std::string text;
    bool hadByteOrderMark = false;
    bool lackedMagic = false;
    // The line of the counts, as it was and as it is; empty where it was right.
    std::string counts, rightCounts;
};

// Nothing where none of that is wrong. The counts stay where a layer cannot be read.
std::optional<MendedParam> mendParam(std::string_view content);

} // namespace twinfer
