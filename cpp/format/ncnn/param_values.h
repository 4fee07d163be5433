#pragma once

#include <map>
#include <string>
#include <string_view>

#include "param_value.h"

namespace twinfer {

// Why a line of a text .param cannot be read: `message` and `help` are check()'s, the rest is for the error
// of open(), "line 4 of the .param: expected …, received …".
struct LineProblem {
    std::string expected, received;
    std::string message;
    std::string help = {};
    bool cut = false; // it looks as if the rest of the line were missing
    std::string errorHelp = {};
    bool ended = false; // the text ends here
};

// The `id=value` part of one line of a text .param. False with the problem where it cannot be read.
bool parseParamValues(std::string_view text, std::map<int, ParamValue>& values, LineProblem& problem);

// A decimal integer of 32 bits with an optional sign, nothing around it. False for anything else.
bool parseWholeNumber(std::string_view text, int32_t& value);

// `text` with everything unprintable shown as \xNN, cut after `most` bytes, for messages.
std::string printable(std::string_view text, size_t most = 40);

} // namespace twinfer
