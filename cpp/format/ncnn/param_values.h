#pragma once

#include <map>
#include <string>
#include <string_view>

#include "param_value.h"

namespace twinfer {

// The `id=value` part of one line of a text .param. Throws TWINFER_MODEL_INVALID; `where` names the
// layer and starts the message.
std::map<int, ParamValue> parseParamValues(std::string_view text, const std::string& where);

// A decimal integer of 32 bits with an optional sign, nothing around it. False for anything else.
bool parseWholeNumber(std::string_view text, int32_t& value);

// `text` with everything unprintable shown as \xNN, cut after `most` bytes, for messages.
std::string printable(std::string_view text, size_t most = 40);

} // namespace twinfer
